/** Writing a text from the palette: what is said while it comes, and where it was given up. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { App } from '../../../extension/app.ts';
import { sampleText } from '../../../extension/commands/samplingText.ts';
import type { RunRecord } from '../../../extension/runs/runRecord.ts';
import { CANCELLED } from '../../../src/protocol/drawing.ts';
import { RemoteError } from '../../../src/protocol/rpc.ts';

const said = vi.hoisted(() => ({ titles: [] as string[], status: [] as string[], editor: [] as string[] }));

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  l10n: {
    t: (text: string, ...values: string[]) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)])),
  },
  window: {
    showInputBox: ({ value }: { value?: string }) => Promise.resolve(value === '500' ? '2000' : (value ?? '')),
    setStatusBarMessage: (text: string) => said.status.push(text),
    withProgress: ({ title }: { title: string }, task: (progress: unknown, token: unknown) => unknown) => {
      said.titles.push(title);
      return task({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) });
    },
  },
}));

vi.mock('../../../extension/panels/writtenText.ts', () => ({
  showWrittenText: () => Promise.resolve({ set: (text: string) => said.editor.push(text) }),
}));

beforeEach(() => {
  for (const list of Object.values(said)) list.length = 0;
});

/** A run that has written a text so far when the drawing ends. */
function write(text: string, end: () => Promise<unknown>): Promise<void> {
  const listeners: ((change: { of: string }) => void)[] = [];
  const drawing: { progress: unknown } = { progress: null };
  const run = {
    manifest: { experiment: 'poem', characters: ['a', '🙂'] },
    changed: {
      event(listener: (change: { of: string }) => void) {
        listeners.push(listener);
        return { dispose: () => undefined };
      },
    },
    drawing,
  };
  const runs = {
    sampleText() {
      drawing.progress = { share: 0.1, writing: { prime: '', text } };
      for (const listener of listeners) listener({ of: 'drawing' });
      return end();
    },
  };
  return sampleText({ runs, log: { log: () => undefined } } as unknown as App, run as unknown as RunRecord);
}

it('tells how much there is where it is given up, by characters', async () => {
  await write('a🙂🙂', () => Promise.reject(new RemoteError('given up', CANCELLED)));
  expect(said.titles).toEqual(['Writing 2,000 characters']);
  expect(said.status).toEqual(['$(circle-slash) Given up after 3 of 2,000 characters']);
  expect(said.editor).toEqual(['a🙂🙂']);
});

it('names the file where all of it has come', async () => {
  await write('a', () => Promise.resolve({ text: 'aa', nats: 0.5, file: '/runs/poem/samples/1.txt' }));
  expect(said.status).toEqual(['$(sparkle) 2,000 characters, 0.50 nats each: 1.txt']);
  expect(said.editor.at(-1)).toBe('aa');
});
