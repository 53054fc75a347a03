import { describe, expect, it } from 'vitest';
import { Connection } from '../../../src/protocol/rpc.ts';
import { Beside } from '../../../webview/beside.ts';
import { runOf, snapshotOf } from './runs.ts';

describe('the run beside', () => {
  it('draws from the seed of the shown run, and so does the next one that is compared with', () => {
    const silent = { send: () => true, onMessage: () => undefined, onClose: () => undefined };
    const beside = new Beside(new Connection(silent));
    const seedAsked = () => beside.store.wanted.frames.find(({ kind }) => kind === 'samples')?.options;
    beside.stand({ snapshot: snapshotOf(runOf({ state: 'finished' }, { id: 'B' })), differences: [] });
    beside.drawFrom(77);
    expect(seedAsked()).toEqual({ seed: 77 });
    beside.stand({ snapshot: snapshotOf(runOf({ state: 'finished' }, { id: 'C' })), differences: [] });
    expect(seedAsked()).toEqual({ seed: 77 });
  });
});
