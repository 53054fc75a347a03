/** Sample: rows, seed and temperature asked for, drawn into the inspector and into files. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { canComplete, parseVariables } from '../../src/protocol/completion.ts';
import { parseSampleField, sampleLimits, type SampleFieldId } from '../../src/protocol/sampleLimits.ts';
import type { App } from '../app.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { sampleText } from './samplingText.ts';
import { chooseRun, runOf } from './targets.ts';
import {
  beginnings,
  givenOf,
  underWhat,
  type UnderWhat,
  partName,
  sampleFields,
  type Beginning,
  type SampleField,
} from './sampleInput.ts';
import { withProgress } from './withProgress.ts';

export async function sample(app: App, target: unknown): Promise<void> {
  const aimed = runOf(app, target);
  if (aimed && !aimed.isDensity) {
    const type = aimed.manifest?.model?.type ?? '';
    throw new Error(vscode.l10n.t('This model ({0}) has no samples, because it is no density.', type));
  }
  const run = await chooseRun(app, target, {
    title: vscode.l10n.t('Sample from which run?'),
    none: vscode.l10n.t('There is no run to sample from: train an experiment for at least one epoch.'),
    suits: (candidate) => candidate.hasWeights && candidate.isDensity,
  });
  if (!run) return;
  if (run.manifest?.model?.text === true) return sampleText(app, run);
  const given = await askBeginning(run);
  if (given === undefined) return;
  const under = await askContext(app, run, 'given' in given);
  if (under === undefined) return;
  const answers: number[] = [];
  for (const [index, field] of sampleFields.entries()) {
    const answer = await ask(field, index + 1);
    if (answer === undefined) return;
    answers.push(answer);
  }
  const [rows, seed, temperature] = answers as [number, number, number];
  await app.inspector.show({ experimentFile: run.experimentFile, run }, { preserveFocus: true });
  app.inspector.reveal('samples');
  const found = await withProgress(app, run, vscode.l10n.t('Drawing {0} rows', rows), () =>
    app.runs.sample(run, { rows, seed, temperature, ...given, ...under }),
  );
  if (found === null) return;
  const { file } = found;
  app.log.log('info', `${rows} rows drawn: ${file}`);
  vscode.window.setStatusBarMessage(`$(sparkle) ${vscode.l10n.t('{0} rows drawn: {1}', rows, basename(file))}`, 10_000);
}

/** New rows, or what is given of which rows; undefined when the user thought better of it. */
async function askBeginning(run: RunRecord): Promise<ReturnType<typeof givenOf> | undefined> {
  const shape = { dimension: run.manifest?.dimension ?? 1, image: run.manifest?.image ?? null };
  const model = run.manifest?.model;
  const raster = model?.pixels === true;
  const items = beginnings(shape, canComplete(model), raster).map((beginning) => ({
    label: beginningName(beginning),
    beginning,
  }));
  if (items.length === 1) return {};
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sample: new rows, or rows to complete?'),
    ignoreFocusOut: true,
  });
  if (!picked) return undefined;
  if (picked.beginning.part !== 'list') return givenOf(picked.beginning, shape, []);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Sample: which variables are given?'),
    prompt: raster
      ? vscode.l10n.t('From 1 on without a gap, for example 1-8: pixels are drawn in raster order')
      : vscode.l10n.t('Counted from 1, for example 1-8, 12'),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const read = parseVariables(value, shape.dimension);
      return typeof read === 'string' ? read : null;
    },
  });
  const keep = text === undefined ? '' : parseVariables(text, shape.dimension);
  return typeof keep === 'string' ? undefined : givenOf(picked.beginning, shape, keep);
}

/** Under which label; nothing is asked where there is none. undefined when the user thought better of it. */
async function askContext(
  app: App,
  run: RunRecord,
  completes: boolean,
): Promise<{ readonly context?: { readonly label: number } } | undefined> {
  await app.runs.readForPage(run);
  const conditioned = run.masks?.conditioned;
  const offered = underWhat(conditioned, run.manifest?.contextDimension ?? 0);
  if (offered.length === 0) return {};
  const items = offered.map((under) => ({ label: underName(under, { completes, conditioned }), under }));
  const picked = await vscode.window.showQuickPick(items, {
    title:
      conditioned === 'labels' ? vscode.l10n.t('Sample: under which label?') : vscode.l10n.t('Sample: given what?'),
    ignoreFocusOut: true,
  });
  if (!picked) return undefined;
  const { under } = picked;
  if (under.kind === 'label') return { context: { label: under.label } };
  if (under.kind === 'own') return {};
  throw new Error(
    vscode.l10n.t(
      'This model is conditioned on {0} columns of values: give them in the form of its inspector (Sample, above the views).',
      run.manifest?.contextDimension ?? 0,
    ),
  );
}

function underName(
  under: UnderWhat,
  { completes, conditioned }: { readonly completes: boolean; readonly conditioned: 'labels' | 'values' | undefined },
): string {
  if (under.kind === 'label') return vscode.l10n.t('Label {0}', under.label);
  if (under.kind === 'form') return vscode.l10n.t('Other values …');
  if (completes) return vscode.l10n.t('Of the rows themselves');
  return conditioned === 'labels' ? vscode.l10n.t('Each label in turn') : vscode.l10n.t('Of the first rows of data');
}

function beginningName({ split, part }: Beginning): string {
  if (split === null || part === null) return vscode.l10n.t('New rows');
  const of = split === 'validation' ? vscode.l10n.t('validation rows') : vscode.l10n.t('test rows');
  return vscode.l10n.t('Complete {0}: {1} given', of, partName(part));
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
