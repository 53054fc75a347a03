/** What is judged of models of text: broken ones, and the sound one beside them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { upload } from '../../../../src/layers/namedTensors.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model, NamedTensors } from '../../../../src/models/model.ts';
import type { Stream } from '../../../../src/models/stream.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { largeParameters } from '../../models/support.ts';
import { datasetOf } from '../specimens.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

const [T, V] = [5, 3];

const charRnn = (length = T): Model =>
  createModel(modelSpec.parse({ type: 'char-rnn', hidden: [5, 4] }), length, 1, 0, V);

const random = RandomGenerator.seeded(2, 'text');
const train = { rows: 12, columns: T, values: Uint8Array.from({ length: 12 * T }, () => random.integer(0, V - 1)) };

/** The same model whose states go another way. */
function broken(change: (sound: Stream) => Partial<Stream>): Model {
  const sound = charRnn();
  return changed(sound, { stream: { ...sound.stream!, ...change(sound.stream!) } });
}

function changed(sound: Model, changes: Partial<Model>): Model {
  return new Proxy(sound, {
    get: (target, key) => {
      if (key in changes) return changes[key as keyof Model];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const each = (state: NamedTensors, of: (tensor: Tensor2D) => Tensor2D): NamedTensors =>
  Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, of(tensor as Tensor2D)]));

onEveryBackend('diagnostics of models of text', (backend) => {
  const contextFor = (model: Model) =>
    contextOf(model, backend(), {
      dataset: datasetOf(train),
      parameters: largeParameters(charRnn(), 4),
      rebuild: charRnn,
    });

  it('pass a sound one', async () => {
    const context = await contextFor(charRnn());
    expect(context.carriedState).toMatchObject({ pairs: 4 });
    expect(context.carriedState!.whole).not.toBeNull();
    expect(context.carriedState!.difference).toBeGreaterThan(1e-3);
    expect(context.totalProbability?.value).toBeCloseTo(1, 5);
    expect(context.jacobian?.leaks).toBe(0);
    for (const id of ['carried-state', 'future-leak', 'nan', 'not-a-likelihood', 'degenerate-dimension'] as const) {
      expect(judge(id, context), id).toBe('ok');
    }
  });

  it('find that bits a character are divided by their number twice, or are of a character too many', async () => {
    const sound = charRnn();
    expect(judge('bits-per-dim', await contextFor(sound))).toBe('ok');
    const mean = changed(sound, { logProb: (x, inputs) => tf.div(sound.logProb!(x, inputs), T) });
    expect(judge('bits-per-dim', await contextFor(mean))).toMatchObject({
      severity: 'error',
      title: `A uniform density reads ${(Math.log2(V) / T).toFixed(3)} bits/dim, not ${Math.log2(V).toFixed(3)}`,
    });
    const more = createModel(modelSpec.parse({ type: 'char-rnn', hidden: [5, 4] }), T, 1, 0, V + 1);
    const padded = changed(more, { support: { levels: V } });
    const context = await contextOf(padded, backend(), { dataset: datasetOf(train), depth: 'facts' });
    expect(judge('bits-per-dim', context)).toMatchObject({ title: expect.stringContaining('reads 2.000') as unknown });
  });

  it('find that no state is carried', async () => {
    const silent = broken((sound) => ({
      objective: (x, _, inputs) => sound.objective(x, upload(sound.start(x.shape[0])), inputs),
    }));
    expect(judge('carried-state', await contextFor(silent))).toMatchObject({
      severity: 'error',
      title: 'No state is carried from row to row',
    });
  });

  it('find that texts of a batch go on from one another’s states', async () => {
    const rolled = broken((sound) => ({
      objective(x, state, inputs) {
        const [rows] = x.shape;
        const moved = each(state, (one) =>
          rows === 1 ? one : tf.concat([tf.slice(one, [1, 0], [rows - 1, -1]), tf.slice(one, [0, 0], [1, -1])], 0),
        );
        return sound.objective(x, moved, inputs);
      },
    }));
    const found = judge('carried-state', await contextFor(rolled));
    expect(found).toMatchObject({ severity: 'error', view: 'curves' });
    expect(found).toHaveProperty('title', expect.stringContaining('States of different texts are mixed'));
    const [beside, without] = evidenceOf(found)['A row read on beside other texts, and without them']!.split(' and ');
    expect(beside).not.toBe(without);
  });

  it('find a state that outlives its text: the next epoch begins where the last one ended', async () => {
    // What was left of the epoch before, whatever it was.
    const left = broken((sound) => ({
      start: (streams) =>
        Object.fromEntries(
          Object.entries(sound.start(streams)).map(([name, { shape, data }]) => [
            name,
            { shape, data: name === 'before' ? data : Float32Array.from(data, () => 0.3) },
          ]),
        ),
    }));
    const found = judge('carried-state', await contextFor(left));
    expect(found).toHaveProperty('title', expect.stringContaining('A state is carried to where a text begins'));
  });

  it('find a state that lacks the character before', async () => {
    const forgetful = broken((sound) => ({
      objective(x, state, inputs) {
        const read = sound.objective(x, state, inputs);
        return { ...read, state: { ...read.state, before: tf.fill(read.state['before']!.shape, -1) } };
      },
    }));
    const found = judge('carried-state', await contextFor(forgetful));
    expect(found).toHaveProperty(
      'title',
      expect.stringMatching(/^Two rows one after the other cost .* as a single one/),
    );
  });
});
