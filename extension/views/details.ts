import * as vscode from 'vscode';
import type { BackendInUse } from '../../src/protocol/worker.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { timingText } from '../../src/protocol/deviceWords.ts';
import { measureOf } from '../../src/text/measure.ts';
import { passSentence } from '../../src/text/passes.ts';
import { escape } from './markdown.ts';
import { lossText, progress, startTime, stateCodicon, stateWord } from './words.ts';

/** All that is to say of a run, for tooltips. */
export function runDetails(run: RunRecord, title: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown(`**${escape(title)}** — ${stateCodicon(run.state)} ${stateWord(run.state)}\n\n`);
  const { manifest } = run;
  if (manifest) {
    const loss = measureOf(manifest.model?.quantity).name;
    const rows: [string, string | null][] = [
      [vscode.l10n.t('started'), startTime(manifest.created)],
      [vscode.l10n.t('progress'), progress(run)],
      [vscode.l10n.t('steps'), manifest.step.toLocaleString(vscode.env.language)],
      [vscode.l10n.t('best validation {0}', loss), best(manifest)],
      [
        vscode.l10n.t('test {0}', loss),
        manifest.test && lossText(manifest.test.nats, manifest, manifest.test.standardError),
      ],
      [vscode.l10n.t('weights'), manifest.parameterCount.toLocaleString(vscode.env.language)],
      [vscode.l10n.t('passes'), passes(manifest)],
      [vscode.l10n.t('backend'), run.backend ? `${run.backend.name}: ${run.backend.device}` : manifest.backend],
      [vscode.l10n.t('findings'), run.findings.length > 0 ? String(run.findings.length) : null],
    ];
    text.appendMarkdown('| | |\n|:-|:-|\n');
    for (const [name, value] of rows) if (value !== null) text.appendMarkdown(`| ${name} | ${escape(value)} |\n`);
  }
  if (run.backend) text.appendMarkdown(choiceOf(run.backend));
  const reason = run.problem ?? manifest?.reason;
  if (reason) text.appendMarkdown(`\n$(warning) ${escape(reason)}\n`);
  return text;
}

function best(manifest: RunManifest): string | null {
  const { best: value } = manifest;
  return value && vscode.l10n.t('{0} at epoch {1}', lossText(value.nats, manifest), value.epoch);
}

/** Of a flow, what its two directions cost; null for other models. */
function passes({ model }: RunManifest): string | null {
  return model?.flow?.passes ? passSentence(model.flow.passes) : null;
}

/** What `auto` timed, and why better backends were not taken. */
function choiceOf({ name, asked, timings, remembered, skipped }: BackendInUse): string {
  const lines = timings.map(
    (timing) => `| ${timing.name === name ? `**${timing.name}**` : timing.name} | ${escape(timingText(timing))} |`,
  );
  const title = remembered ? vscode.l10n.t('timed before on this model') : vscode.l10n.t('timed on this model');
  const table = lines.length === 0 ? '' : `\n| ${title} | |\n|:-|:-|\n${lines.join('\n')}\n`;
  const reasons = asked === 'auto' ? skipped : [];
  const list = reasons.map((one) => `- ${vscode.l10n.t('not {0}', one.name)}: ${escape(one.reason)}\n`).join('');
  return `${table}${list === '' ? '' : `\n${list}`}`;
}
