/** Which measurements are made when several are asked for. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import type { Finding } from '../../../src/inspection/findings.ts';
import { type Chunked, toEnd } from '../../../src/inspection/source.ts';
import { disposeTensors } from '../../../src/layers/namedTensors.ts';
import type { ActiveRun } from '../../../src/worker/activeRun.ts';
import { Diagnosis } from '../../../src/worker/diagnosis.ts';
import { broken, made, sourceOf } from '../inspection/specimens.ts';

/** A diagnosis of a model whose p sums to 2, which only a full measurement can see: it has 12 variables. */
async function diagnosisOf() {
  const sound = made(12);
  const model = broken(sound, { logProb: (x, inputs) => tf.add(sound.logProb!(x, inputs), Math.LN2) });
  const source = sourceOf(model, await startBackend('wasm'));
  const run = {
    source,
    training: false,
    facts: { metrics: [], norms: null, failure: null, over: false },
  } as unknown as ActiveRun;
  const begun: (() => void)[] = [];
  const told: (readonly Finding[])[] = [];
  const warnings: string[] = [];
  const urgencies: string[] = [];
  const scheduler = {
    async run<T>(_key: string, work: Chunked<T>, urgency: string): Promise<T> {
      urgencies.push(urgency);
      await new Promise<void>((resolve) => begun.push(resolve));
      return toEnd(work);
    },
  };
  const diagnosis = new Diagnosis(run, scheduler, {
    tell: (findings) => told.push(findings),
    warn: (text) => warnings.push(text),
  });
  return { diagnosis, begun, urgencies, told, warnings, dispose: () => disposeTensors(source.parameters) };
}

describe('a diagnosis', () => {
  it('measures to the greatest depth that was asked for meanwhile, once what is under way is done', async () => {
    const { diagnosis, begun, told, warnings, dispose } = await diagnosisOf();
    const first = diagnosis.measure('cheap');
    for (const depth of ['facts', 'full', 'cheap'] as const) await diagnosis.measure(depth);
    expect(begun).toHaveLength(1);
    begun[0]!();
    await expect.poll(() => begun).toHaveLength(2);
    expect(told.flat().map(({ id }) => id)).not.toContain('future-leak');
    begun[1]!();
    await first;
    expect(told.at(-1)!.map(({ id }) => id)).toContain('future-leak');
    expect([begun.length, warnings]).toEqual([2, []]);
    dispose();
  });

  it('waits for the budget with what changes while a model trains, and not with what holds throughout', async () => {
    const { diagnosis, begun, urgencies, dispose } = await diagnosisOf();
    const work = diagnosis.measure('facts');
    await diagnosis.measure('cheap');
    begun[0]!();
    await expect.poll(() => begun).toHaveLength(2);
    begun[1]!();
    await work;
    expect(urgencies).toEqual(['urgent', 'budgeted']);
    dispose();
  });

  it('does not repeat what somebody who asked for everything has had measured meanwhile', async () => {
    const { diagnosis, begun, dispose } = await diagnosisOf();
    const first = diagnosis.measure('cheap');
    await diagnosis.measure('full');
    const everything = diagnosis.full();
    begun[1]!();
    expect((await everything).find(({ id }) => id === 'future-leak')).toMatchObject({ state: 'finding' });
    begun[0]!();
    await first;
    expect(begun).toHaveLength(2);
    dispose();
  });
});
