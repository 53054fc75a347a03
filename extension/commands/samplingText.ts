/** Sample, of a model of text: what it goes on from and how is asked, and the text comes into an editor as it is written. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { primeProblem, textLimits, unescaped, type TextFieldId } from '../../src/protocol/textLimits.ts';
import { formatCount } from '../../src/text/numbers.ts';
import type { App } from '../app.ts';
import { showWrittenText } from '../panels/writtenText.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { readTextField, textFields, type TextField } from './textInput.ts';
import { withProgress } from './withProgress.ts';

const STEPS = textFields.length + 1;

export async function sampleText(app: App, run: RunRecord): Promise<void> {
  const prime = await askPrime(run.manifest?.characters ?? []);
  if (prime === undefined) return;
  const answers: Partial<Record<TextFieldId, number | null>> = {};
  for (const [index, field] of textFields.entries()) {
    const answer = await ask(field, index + 2);
    if (answer === undefined) return;
    answers[field.id] = answer;
  }
  const { length, temperature, topK, seed } = answers as Record<TextFieldId, number> & { topK: number | null };
  const shown = await showWrittenText(run.manifest?.experiment ?? '', prime);
  let last = '';
  const following = run.changed.event(({ of }) => {
    const writing = of === 'drawing' ? run.drawing.progress?.writing : undefined;
    if (!writing) return;
    last = writing.text;
    shown.set(writing.prime + writing.text);
  });
  try {
    const written = await withProgress(app, run, vscode.l10n.t('Writing {0} characters', formatCount(length)), () =>
      app.runs.sampleText(run, { prime, length, temperature, topK, seed }),
    );
    if (written === null) {
      // What came until then stays in its editor; no file has it.
      const came = formatCount(Array.from(last).length);
      const words = vscode.l10n.t('Given up after {0} of {1} characters', came, formatCount(length));
      vscode.window.setStatusBarMessage(`$(circle-slash) ${words}`, 10_000);
      return;
    }
    shown.set(prime + written.text);
    app.log.log('info', `${length} characters written: ${written.file}`);
    const said = vscode.l10n.t(
      '{0} characters, {1} nats each: {2}',
      formatCount(length),
      written.nats.toFixed(2),
      basename(written.file),
    );
    vscode.window.setStatusBarMessage(`$(sparkle) ${said}`, 10_000);
  } finally {
    following.dispose();
  }
}

async function askPrime(characters: readonly string[]): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: `${vscode.l10n.t('Sample')} (1/${STEPS}): ${vscode.l10n.t('beginning')}`,
    prompt: vscode.l10n.t(
      'What the text goes on from; nothing: it begins like the training text. \\n is a line break.',
    ),
    ignoreFocusOut: true,
    validateInput: (value) => primeProblem(unescaped(value), characters),
  });
  return text === undefined ? undefined : unescaped(text);
}

async function ask(field: TextField, step: number): Promise<number | null | undefined> {
  const { name, prompt } = fieldWords(field.id);
  const { min, max, whole } = textLimits[field.id];
  const range = whole
    ? vscode.l10n.t('A whole number from {0} to {1}', min, max)
    : vscode.l10n.t('A number from {0} to {1}', min, max);
  const text = await vscode.window.showInputBox({
    title: `${vscode.l10n.t('Sample')} (${step}/${STEPS}): ${name}`,
    prompt,
    value: field.default,
    // One may look into the inspector between two answers.
    ignoreFocusOut: true,
    validateInput: (value) => (readTextField(field, value) === undefined ? range : null),
  });
  return text === undefined ? undefined : readTextField(field, text);
}

function fieldWords(id: TextFieldId): { name: string; prompt: string } {
  switch (id) {
    case 'length':
      return { name: vscode.l10n.t('length'), prompt: vscode.l10n.t('How many characters to write') };
    case 'temperature':
      return {
        name: vscode.l10n.t('temperature'),
        prompt: vscode.l10n.t('1 is the model itself; lower comes nearer to its most probable text'),
      };
    case 'topK':
      return {
        name: vscode.l10n.t('top k'),
        prompt: vscode.l10n.t('Draws from the so many most probable characters alone; nothing: from all'),
      };
    case 'seed':
      return { name: vscode.l10n.t('seed'), prompt: vscode.l10n.t('The same seed writes the same text again') };
  }
}
