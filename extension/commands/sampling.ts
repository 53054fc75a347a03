/** Sample: rows, seed and temperature asked for, drawn into the inspector and into files. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { parseSampleField, sampleLimits, type SampleFieldId } from '../../src/protocol/sampleLimits.ts';
import type { App } from '../app.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { chooseRun, runOf } from './targets.ts';
import { sampleFields, type SampleField } from './sampleInput.ts';

export async function sample(app: App, target: unknown): Promise<void> {
  const given = runOf(app, target);
  if (given && !isDensity(given)) {
    const type = given.manifest?.model?.type ?? '';
    throw new Error(vscode.l10n.t('This model ({0}) has no samples, because it is no density.', type));
  }
  const run = await chooseRun(app, target, {
    title: vscode.l10n.t('Sample from which run?'),
    none: vscode.l10n.t('There is no run to sample from: train an experiment for at least one epoch.'),
    suits: (candidate) => candidate.hasWeights && isDensity(candidate),
  });
  if (!run) return;
  const answers: number[] = [];
  for (const [index, field] of sampleFields.entries()) {
    const answer = await ask(field, index + 1);
    if (answer === undefined) return;
    answers.push(answer);
  }
  const [rows, seed, temperature] = answers as [number, number, number];
  await app.inspector.show({ experimentFile: run.experimentFile, run }, { preserveFocus: true });
  app.inspector.reveal('samples');
  const drawing = vscode.l10n.t('Drawing {0} rows…', rows);
  const { file } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: drawing }, () =>
    app.runs.sample(run, { rows, seed, temperature }),
  );
  app.log.log('info', `${rows} rows drawn: ${file}`);
  vscode.window.setStatusBarMessage(`$(sparkle) ${vscode.l10n.t('{0} rows drawn: {1}', rows, basename(file))}`, 10_000);
}

/** Whether there is something to draw from. Runs that do not tell of their model are of one that has a density. */
function isDensity({ manifest }: RunRecord): boolean {
  return manifest?.model?.quantity.kind !== 'loss';
}

async function ask(field: SampleField, step: number): Promise<number | undefined> {
  const words = fieldWords(field.id);
  const text = await vscode.window.showInputBox({
    title: `${vscode.l10n.t('Sample')} (${step}/${sampleFields.length}): ${words.name}`,
    prompt: words.prompt,
    value: String(field.default),
    // One may look into the inspector between two answers.
    ignoreFocusOut: true,
    validateInput: (value) => (parseSampleField(field.id, value) === null ? words.range : null),
  });
  return text === undefined ? undefined : (parseSampleField(field.id, text) ?? undefined);
}

function fieldWords(id: SampleFieldId): { name: string; prompt: string; range: string } {
  const { min, max, whole } = sampleLimits[id];
  const range = whole
    ? vscode.l10n.t('A whole number from {0} to {1}', min, max)
    : vscode.l10n.t('A number from {0} to {1}', min, max);
  switch (id) {
    case 'rows':
      return { name: vscode.l10n.t('rows'), prompt: vscode.l10n.t('How many rows to draw'), range };
    case 'seed':
      return {
        name: vscode.l10n.t('seed'),
        prompt: vscode.l10n.t('The same seed draws the same rows again'),
        range,
      };
    case 'temperature':
      return {
        name: vscode.l10n.t('temperature'),
        prompt: vscode.l10n.t('1 is the model itself; lower comes nearer to its modes'),
        range,
      };
  }
}
