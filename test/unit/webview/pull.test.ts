import { describe, expect, it } from 'vitest';
import type { PullResult, WebviewRequests } from '../../../src/protocol/webview.ts';
import { Puller } from '../../../webview/pull.ts';

type Pull = WebviewRequests['pull']['params'];

interface Asked {
  readonly pull: Pull;
  answer(result: PullResult): void;
  fail(message: string): void;
}

/** A puller whose host, clock and screen are in the test's hand. */
function puller() {
  const asked: Asked[] = [];
  const taken: PullResult[] = [];
  const slept: number[] = [];
  const troubles: (string | null)[] = [];
  let paint: (() => void) | null = null;
  let time = 0;
  const own = new Puller({
    ask: (pull) =>
      new Promise((resolve, reject) => {
        asked.push({ pull, answer: resolve, fail: (message) => reject(new Error(message)) });
      }),
    wanted: () => ({
      standsOn: 'run',
      revision: taken.length,
      metrics: 0,
      masks: false,
      drawn: 0,
      drawing: 0,
      frames: [],
    }),
    take: (_, result) => {
      taken.push(result);
      return result.findings !== undefined;
    },
    drawn: () => new Promise((resolve) => (paint = resolve)),
    onTrouble: (problem) => troubles.push(problem),
    sleep: async (ms) => {
      slept.push(ms);
    },
    now: () => time,
  });
  return {
    own,
    asked,
    taken,
    slept,
    troubles,
    pass: (ms: number) => (time += ms),
    paint: async () => {
      paint?.();
      paint = null;
      await settle();
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const news: PullResult = { revision: 1, findings: [] };
const nothing: PullResult = { revision: 1 };

describe('the pull loop', () => {
  it('asks again only after what came has been drawn', async () => {
    const { own, asked, taken, paint } = puller();
    own.kick();
    expect(asked).toHaveLength(1);
    asked[0]!.answer(news);
    await settle();
    expect(taken).toEqual([news]);
    expect(asked).toHaveLength(1);
    await paint();
    expect(asked).toHaveLength(2);
    expect(asked[1]!.pull.revision).toBe(1);
    own.stop();
  });

  it('waits longer and longer while quick answers hold nothing', async () => {
    const { own, asked, slept } = puller();
    own.kick();
    for (let i = 0; i < 7; i++) {
      asked[i]!.answer(nothing);
      await settle();
    }
    own.stop();
    expect(slept).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('asks at once after a long poll that held nothing', async () => {
    const { own, asked, slept, pass } = puller();
    own.kick();
    pass(10_000);
    asked[0]!.answer(nothing);
    await settle();
    expect(slept).toEqual([]);
    expect(asked).toHaveLength(2);
    own.stop();
  });

  it('tells of the second failure in a row, backs off, and tells when it is over', async () => {
    const { own, asked, slept, troubles, pass } = puller();
    own.kick();
    for (let i = 0; i < 6; i++) {
      asked[i]!.fail(`down ${i}`);
      await settle();
    }
    expect(slept).toEqual([500, 1000, 2000, 4000, 8000, 10_000]);
    expect(troubles[0]).toBe('down 1');
    pass(10_000);
    asked[6]!.answer(nothing);
    await settle();
    expect(troubles[troubles.length - 1]).toBeNull();
    own.stop();
  });

  it('asks anew at once when other things are wanted, and still takes the older answer', async () => {
    const { own, asked, taken } = puller();
    own.kick();
    own.change();
    expect(asked).toHaveLength(2);
    asked[0]!.answer(news);
    await settle();
    expect(taken).toEqual([news]);
    // The older loop has ended: only the newer one asks on.
    expect(asked).toHaveLength(2);
    own.stop();
  });

  it('drops answers about an earlier run', async () => {
    const { own, asked, taken } = puller();
    own.kick();
    own.reset();
    asked[0]!.answer(news);
    await settle();
    expect(taken).toEqual([]);
    expect(asked).toHaveLength(2);
    own.stop();
  });

  it('asks for nothing while stopped', async () => {
    const { own, asked, paint } = puller();
    own.kick();
    own.stop();
    asked[0]!.answer(news);
    await settle();
    await paint();
    own.change();
    own.reset();
    await settle();
    expect(asked).toHaveLength(1);
  });
});
