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

  it('times drawing once the shown run is timed, and anew when that is', () => {
    const silent = { send: () => true, onMessage: () => undefined, onClose: () => undefined };
    const beside = new Beside(new Connection(silent));
    const asked = () => beside.store.wanted.frames.find(({ kind }) => kind === 'drawingTime')?.options;
    beside.stand({ snapshot: snapshotOf(runOf({ state: 'finished' }, { id: 'B' })), differences: [] });
    beside.time(0);
    expect(asked()).toBeUndefined();
    beside.time(1);
    expect(asked()).toEqual({ asked: 1 });
    beside.stand({ snapshot: snapshotOf(runOf({ state: 'finished' }, { id: 'C' })), differences: [] });
    expect(asked()).toEqual({ asked: 1 });
  });
});
