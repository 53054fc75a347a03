import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categorical } from '../../../src/distributions/categorical.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { generateText, indicesOf, type TextRequest } from '../../../src/models/generateText.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model, NamedArrays } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { cellNames } from '../../../src/spec/cell.ts';
import { charRnnSpec, type CharRnnSpec } from '../../../src/spec/models/charRnn.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { referenceLogProb, referenceText } from './characterReference.ts';
import { plainDrawing } from './plainDrawing.ts';
import { toFloat64 } from './reference.ts';
import { largeParameters } from './support.ts';

const V = 3;
const T = 4;

interface Specimen {
  readonly spec: CharRnnSpec;
  readonly model: Model;
  readonly parameters: NamedArrays;
}

function specimen(entry: object, length = T, vocabulary = V): Specimen {
  const spec = charRnnSpec.parse({ type: 'char-rnn', ...entry });
  const model = createModel(spec, length, 1, 0, vocabulary);
  return { spec, model, parameters: largeParameters(model, 3) };
}

const entries = [
  ...cellNames.map((cell) => ({ cell, hidden: [5] })),
  { cell: 'lstm', hidden: [4, 3], embedding: 2 },
  { cell: 'gru', hidden: [4, 3, 2] },
] as const;

/** Every string of so many characters, the first fastest: [V^T, T] row-major. */
function allStrings(length: number, vocabulary: number): Uint8Array {
  const count = vocabulary ** length;
  return Uint8Array.from(
    { length: count * length },
    (_, i) => Math.floor(Math.floor(i / length) / vocabulary ** (i % length)) % vocabulary,
  );
}

const strings = { rows: V ** T, columns: T, values: allStrings(T, V) };
const string = (row: number) => strings.values.subarray(row * T, (row + 1) * T);
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((all, value) => all + value, 0);
const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const inputs = (parameters: ReturnType<typeof upload>) => ({ parameters, masks: {}, noise: {}, context: null });

describe('char-RNN: its likelihood in float64', () => {
  it.each(entries)('sums to 1 over all strings to 1e-9: %o', (entry) => {
    const { spec, parameters } = specimen(entry);
    const logs = Array.from({ length: strings.rows }, (_, row) =>
      referenceLogProb(spec, toFloat64(parameters), string(row)),
    );
    expect(Math.abs(sum(logs.map(Math.exp)) - 1)).toBeLessThan(1e-9);
  });
});

onEveryBackend('char-RNN', (backend) => {
  it.each(entries)('is the reference and sums to 1 over all strings of length 4: %o', async (entry) => {
    const { spec, model, parameters } = specimen(entry);
    const tensors = upload(parameters);
    const { perRow } = await scoreRows(model, tensors, strings, { backend: backend() });
    disposeTensors(tensors);
    const expected = Array.from({ length: strings.rows }, (_, row) =>
      referenceLogProb(spec, toFloat64(parameters), string(row)),
    );
    expect(largest(expected.map((value, row) => value - perRow[row]!))).toBeLessThan(2e-5);
    expect(Math.abs(sum(perRow.map(Math.exp)) - 1)).toBeLessThan(1e-5);
  });

  it.each([1, 2])('scores strings of length %i', async (length) => {
    const { model, parameters } = specimen({ cell: 'lstm', hidden: [3] }, length);
    const tensors = upload(parameters);
    const matrix = { rows: V ** length, columns: length, values: allStrings(length, V) };
    const { perRow } = await scoreRows(model, tensors, matrix, { backend: backend() });
    disposeTensors(tensors);
    expect(Math.abs(sum(perRow.map(Math.exp)) - 1)).toBeLessThan(1e-5);
  });

  it.each(entries)('has the gradients of finite differences, dropout included: %o', async (entry) => {
    const { spec, model, parameters } = specimen({ ...entry, dropout: 0.4 });
    const rows = [7, 40, 77];
    const weights = [0.7, -1.3, 0.4];
    const noise = model.noise(rows.length, RandomGenerator.seeded(4, 'noise'));
    const names = model.parameters.map(({ name }) => name);
    const gradients = await readAll(() => {
      const own = { ...inputs({}), noise: upload(noise) };
      const x = tf.tensor2d(
        rows.flatMap((row) => [...string(row)]),
        [rows.length, T],
      );
      return tf.grads((...values) =>
        model.objective(x, { ...own, parameters: Object.fromEntries(names.map((name, i) => [name, values[i]!])) }),
      )(
        names.map((name) => upload(parameters)[name]!),
        tf.tensor1d(weights),
      );
    });
    const left = (row: number) => (step: number, layer: number, unit: number) =>
      noise[`dropout.${layer}`]!.data[(step * rows.length + row) * spec.hidden[layer]! + unit]!;
    expect(new Set(noise['dropout.0']!.data)).toEqual(new Set([0, Math.fround(1 / 0.6)]));
    const loss = (values: Record<string, Float64Array>) =>
      -sum(rows.map((row, i) => weights[i]! * referenceLogProb(spec, values, string(row), null, left(i))));
    for (const [i, name] of names.entries()) {
      const found = gradients[i]!;
      const apart = Math.ceil(found.length / 12);
      for (let k = 0; k < found.length; k += apart) {
        const shifted = (by: number) => {
          const values = toFloat64(parameters);
          values[name]![k]! += by;
          return loss(values);
        };
        expect(Math.abs(found[k]! - (shifted(1e-5) - shifted(-1e-5)) / 2e-5), `${name}[${k}]`).toBeLessThan(2e-4);
      }
    }
  });

  it.each(entries)('carries its state: two rows are one of twice the length: %o', async (entry) => {
    const { spec, model, parameters } = specimen(entry);
    const long = specimen(entry, 2 * T);
    const [first, second] = [string(50), string(23)];
    const [parts, whole, alone] = await readAll(() => {
      const tensors = upload(parameters);
      const row = (values: Uint8Array) => tf.tensor2d([...values, ...values], [2, values.length]);
      const before = model.stream!.objective(row(first), upload(model.stream!.start(2)), inputs(tensors));
      const after = model.stream!.objective(row(second), before.state, inputs(tensors));
      const whole = long.model.objective(row(Uint8Array.of(...first, ...second)), inputs(tensors));
      return [tf.add(before.values, after.values), whole, model.objective(row(second), inputs(tensors))];
    });
    const { state } = referenceText(spec, toFloat64(parameters), first);
    const expected =
      referenceLogProb(spec, toFloat64(parameters), first) +
      referenceLogProb(spec, toFloat64(parameters), second, state);
    for (const i of [0, 1]) {
      expect(Math.abs(parts![i]! - whole![i]!)).toBeLessThan(1e-5);
      expect(Math.abs(parts![i]! + expected)).toBeLessThan(2e-5);
    }
    // Without the state it is another number.
    expect(Math.abs(alone![0]! + referenceLogProb(spec, toFloat64(parameters), second, state))).toBeGreaterThan(1e-3);
  });

  it.each(entries)('hears nothing at and after each character, and all before: %o', async (entry) => {
    const length = 5;
    const { spec, model, parameters } = specimen(entry, length);
    const x = Array.from({ length }, (_, t) => 0.2 + 0.33 * t);
    const jacobian = await read(() => {
      const own = inputs(upload(parameters));
      const logits = (given: Tensor) => model.text!.conditionalParameters(given as Tensor2D, own);
      return tf.grad(logits)(tf.tile(tf.tensor2d([x]), [length * V, 1]), tf.eye(length * V));
    });
    const moved = (t: number, by: number) => {
      const { logits } = referenceText(
        spec,
        toFloat64(parameters),
        x.map((value, i) => (i === t ? value + by : value)),
      );
      return logits.flat();
    };
    for (let t = 0; t < length; t++) {
      const [up, down] = [moved(t, 1e-5), moved(t, -1e-5)];
      for (let output = 0; output < length * V; output++) {
        const found = jacobian[output * length + t]!;
        if (t < Math.floor(output / V)) expect(found).not.toBe(0);
        else expect(found).toBe(0);
        expect(Math.abs(found - (up[output]! - down[output]!) / 2e-5)).toBeLessThan(2e-4);
      }
    }
  });
});

onEveryBackend(
  'what a character of a char-RNN depends on',
  () => {
    const cell = fc.constantFrom(...cellNames);
    const layers = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    const embedding = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });

    it('is nothing at and after it, of whatever architecture', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({ cell, hidden: layers, ...{ embedding } }),
          fc.integer({ min: 2, max: 4 }),
          fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
          fc.nat(),
          async (entry, vocabulary, numbers, at) => {
            const length = numbers.length;
            const { model, parameters } = specimen(entry, length, vocabulary);
            const t = at % length;
            const characters = numbers.map((number) => number % vocabulary);
            const changed = characters.map((character, i) => (i < t ? character : (character + 1 + i) % vocabulary));
            const [before, after, slopes] = await readAll(() => {
              const own = inputs(upload(parameters));
              const x = tf.tensor2d([characters]);
              const conditionals = (given: Tensor2D) => model.text!.conditionalParameters(given, own);
              const dy = tf.tensor2d([characters.flatMap((_, i) => Array<number>(vocabulary).fill(i <= t ? 1 : 0))]);
              const slopes = tf.grad((given) => conditionals(given as Tensor2D))(x, dy);
              return [conditionals(x), conditionals(tf.tensor2d([changed])), slopes];
            });
            // Conditionals up to and with that of character t, which knows those before it alone.
            expect(after!.slice(0, (t + 1) * vocabulary)).toEqual(before!.slice(0, (t + 1) * vocabulary));
            expect(slopes!.slice(t).every((slope) => slope === 0)).toBe(true);
          },
        ),
        { numRuns: 40 },
      );
    });
  },
  { everywhere: false },
);

describe('a char-RNN writes', () => {
  const drawn = (
    { model, parameters }: Specimen,
    rows: number,
    changes: Partial<Parameters<Model['sample']>[1]> = {},
  ) => {
    const random = RandomGenerator.seeded(1, 'samples');
    const request = { rows, temperature: 0.8, mask: 0, random, context: null, given: null, ...changes };
    const drawing = plainDrawing(model.sample(parameters, request));
    for (;;) {
      const step = drawing.next();
      if (step.done) return step.value;
    }
  };

  it.each(entries)('with the same noise what whole passes write: %o', (entry) => {
    const own = specimen(entry, 7);
    // More than lie side by side.
    const rows = 18;
    const { values, means } = drawn(own, rows);
    expect(means).toBeNull();
    const random = RandomGenerator.seeded(1, 'samples');
    const conditional = categorical(V);
    for (let row = 0; row < rows; row++) {
      const uniforms = Float64Array.from({ length: 7 }, () => random.uniform());
      const x: number[] = [];
      for (let t = 0; t < 7; t++) {
        const { logits } = referenceText(own.spec, toFloat64(own.parameters), [...x, 0]);
        x.push(conditional.draw(Float64Array.from(logits[t]!), 0, 0.8, uniforms, t));
      }
      expect([...values.subarray(row * 7, row * 7 + 7)]).toEqual(x);
    }
  });

  it('the first rows of a longer draw, completes beginnings and refuses other completions by name', () => {
    const own = specimen({ cell: 'gru', hidden: [6] }, 6);
    expect(drawn(own, 40).values.subarray(0, 60)).toEqual(drawn(own, 10).values);
    const known = Uint8Array.of(1, 1, 0, 0, 0, 0);
    const values = new Float32Array(6 * 20).map((_, i) => i % 3);
    const found = drawn(own, 20, { given: { known, values } });
    for (let i = 0; i < values.length; i++) if (known[i % 6] === 1) expect(found.values[i]).toBe(values[i]);
    expect(own.model.completing(known)).toEqual({ model: own.model, mask: 0 });
    expect(() =>
      drawn(own, 1, { given: { known: Uint8Array.of(0, 1, 0, 0, 0, 0), values: values.subarray(0, 6) } }),
    ).toThrow('is given but comes at position 2');
    expect(() => drawn(own, 1, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
  });

  const characters = ['e', 'h', 'ö'];
  const written = ({ model, parameters }: Specimen, changes: Partial<TextRequest> = {}) => [
    ...generateText(model, parameters, characters, {
      prime: '',
      length: 30,
      temperature: 1,
      topK: null,
      random: RandomGenerator.seeded(2, 'text'),
      ...changes,
    }),
  ];

  it.each(entries)('on from a prime, with the nats of every character: %o', (entry) => {
    const own = specimen(entry, 3);
    const prime = 'höh';
    const found = written(own, { prime });
    const read = [...indicesOf(prime, characters), ...found.map(({ index }) => index)];
    const { logits } = referenceText(own.spec, toFloat64(own.parameters), read);
    const random = RandomGenerator.seeded(2, 'text');
    expect(found).toHaveLength(30);
    for (const [i, { character, index, nats }] of found.entries()) {
      const own = Float64Array.from(logits[3 + i]!);
      expect(index).toBe(categorical(V).draw(own, 0, 1, Float64Array.of(random.uniform()), 0));
      expect(character).toBe(characters[index]);
      expect(Math.abs(nats + categorical(V).logProb(index, own, 0))).toBeLessThan(1e-5);
    }
  });

  it('from the k most probable characters alone, and the most probable one at low temperature', () => {
    const own = specimen({ cell: 'lstm', hidden: [5] }, 3);
    const probable = written(own, { topK: 1 });
    for (const temperature of [1e-6, 1e-308]) expect(written(own, { temperature })).toEqual(probable);
    const { logits } = referenceText(
      own.spec,
      toFloat64(own.parameters),
      written(own, { topK: 2 }).map(({ index }) => index),
    );
    for (const [t, { index }] of written(own, { topK: 2 }).entries()) {
      expect(logits[t]![index]).toBeGreaterThan(Math.min(...logits[t]!));
    }
  });

  it('nothing that cannot be read or drawn, saying why', () => {
    const own = specimen({ cell: 'rnn', hidden: [3] }, 3);
    expect(() => written(own, { prime: 'hé' })).toThrow(
      'the text that the model learnt never had “é”: it has no probability for it',
    );
    expect(() => written(own, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
    expect(() => written(own, { topK: 0 })).toThrow('top-k must be a whole number from 1 on, found 0');
    const output = { ...own.parameters['output.bias']!, data: Float32Array.of(1, NaN, 0) };
    const spoilt = { ...own, parameters: { ...own.parameters, 'output.bias': output } };
    expect(() => written(spoilt)).toThrow('the largest of 3 logits is NaN');
    const other = generateText(own.model, own.parameters, ['a'], {
      prime: '',
      length: 1,
      temperature: 1,
      topK: null,
      random: RandomGenerator.seeded(1),
    });
    expect(() => other.next()).toThrow('the model knows 3 characters; 1 are given');
  });
});

describe('the parameters of a char-RNN', () => {
  it('start with forget gates that are open, and are the same by the same seed', () => {
    const { model } = specimen({ cell: 'lstm', hidden: [3, 2] });
    const first = model.initialise(RandomGenerator.seeded(1));
    expect([...first['layers.1.bias']!.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(first).toEqual(model.initialise(RandomGenerator.seeded(1)));
    expect(Object.keys(first)).toEqual(model.parameters.map(({ name }) => name));
    for (const { name, shape } of model.parameters) expect(first[name]!.shape).toEqual(shape);
  });

  it('move through safetensors', () => {
    const { parameters } = specimen({ cell: 'gru', hidden: [3], embedding: 2 });
    expect(decodeSafetensors(encodeSafetensors(parameters), 'a.safetensors').arrays).toEqual(parameters);
  });

  it('are none without a text, or with one of a single character', () => {
    const spec = charRnnSpec.parse({ type: 'char-rnn', hidden: [2] });
    expect(() => createModel(spec, 4, 1)).toThrow('a char-rnn reads text, and the data are none');
    expect(() => createModel(spec, 4, 1, 0, 1)).toThrow('a single character over and over');
  });
});
