import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waiting } from '../../../src/cli/waiting.ts';
import type { Activity } from '../../../src/text/activity.ts';

const step = (operations: number | null): Activity => ({
  ...{ doing: 'compiling', what: 'the training step', operations },
});
const terminal = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
let now = 0;
let written = '';

beforeEach(() => {
  written = '';
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  if (terminal) Object.defineProperty(process.stderr, 'isTTY', terminal);
  else Reflect.deleteProperty(process.stderr, 'isTTY');
});

const on = (isTTY: boolean) => Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });

describe('what training waits for', () => {
  it('is told off a terminal once it took long, with the operations that came to be known', () => {
    on(false);
    const waiting = new Waiting(() => null);
    waiting.tell({ doing: 'reading' });
    now += 900;
    waiting.tell(step(null));
    now += 8000;
    waiting.tell(step(12_199));
    now += 200;
    waiting.end();
    waiting.end();
    expect(written).toBe('Compiling the training step (12,199 operations) … 8.2 s\n');
  });

  it('stands on a terminal while it lasts, and leaves nothing behind', () => {
    on(true);
    const waiting = new Waiting(() => null);
    waiting.tell({ doing: 'reading' });
    waiting.tell(step(null));
    waiting.end();
    const clear = '\r\u001b[K';
    expect(written).toBe(`${clear}Reading the data …${clear}Compiling the training step …${clear}`);
  });

  it('is told beside the progress bar where there is one', () => {
    on(true);
    const shown: string[] = [];
    const waiting = new Waiting(() => (text) => shown.push(text));
    waiting.tell(step(12));
    waiting.tell(null);
    expect([shown, written]).toEqual([['Compiling the training step (12 operations) …', ''], '']);
  });
});
