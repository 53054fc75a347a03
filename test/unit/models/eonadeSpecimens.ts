/** EoNADEs, their references and what they may be given, for the tests of them. */
import { createModel } from '../../../src/models/index.ts';
import type { Model, NamedArrays } from '../../../src/models/model.ts';
import { eonadeSpec, type EonadeSpec } from '../../../src/spec/models/eonade.ts';
import { nadeLogProb, type NadeNumbers } from '../layers/nadeReference.ts';
import { allRows, toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

export interface Specimen {
  readonly spec: EonadeSpec;
  readonly model: Model;
  readonly parameters: NamedArrays;
}

export type Entry = Partial<EonadeSpec> & { hidden: number[] };

export function specimen(entry: Entry, dimension: number, seed = 1): Specimen {
  const spec = eonadeSpec.parse({ type: 'eonade', ...entry });
  const model = createModel(spec, dimension, seed);
  return { spec, model, parameters: largeParameters(model, seed) };
}

export function numbers({ hidden, activation }: EonadeSpec, values: Values, order: ArrayLike<number>): NadeNumbers {
  return {
    order,
    hidden,
    activation,
    weight: values['hidden.0.weight']!,
    bias: values['hidden.0.bias']!,
    maskWeight: values['mask.weight']!,
    further: hidden
      .slice(1)
      .map((_, l) => ({ weight: values[`hidden.${l + 1}.weight`]!, bias: values[`hidden.${l + 1}.bias`]! })),
    outputWeight: values['output.weight']!,
    outputBias: values['output.bias']!,
  };
}

/** log p of every row of {0, 1}^D under each order by the reference: [orders][rows]. */
export function referenceOfAll({ spec, model, parameters }: Specimen, orders = model.maskCount): number[][] {
  const values = toFloat64(parameters);
  const rows = rowsOf(model.dimension);
  return Array.from({ length: orders }, (_, mask) => {
    const o = numbers(spec, values, model.network!.order(mask));
    return rows.map((x) => nadeLogProb(o, x));
  });
}

export function rowsOf(dimension: number): Uint8Array[] {
  const all = allRows(dimension);
  return Array.from({ length: 2 ** dimension }, (_, i) => all.subarray(i * dimension, (i + 1) * dimension));
}

/** log of the mean of p over the orders. */
export function ensemble(logs: readonly number[][]): number[] {
  return logs[0]!.map((_, i) => Math.log(logs.reduce((sum, of) => sum + Math.exp(of[i]!), 0) / logs.length));
}

export const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

/** Every set of known variables, [D] of 0 and 1, that leaves one to be told, with the chance that training draws it. */
export function everyKnown(dimension: number): { known: Float32Array; chance: number }[] {
  return rowsOf(dimension)
    .filter((known) => known.includes(0))
    .map((known) => {
      const count = known.reduce((a, b) => a + b, 0);
      let sets = 1;
      for (let i = 0; i < count; i++) sets = (sets * (dimension - i)) / (i + 1);
      return { known: Float32Array.from(known), chance: 1 / dimension / sets };
    });
}

export function permutations(dimension: number): number[][] {
  if (dimension === 1) return [[1]];
  return permutations(dimension - 1).flatMap((shorter) =>
    Array.from({ length: dimension }, (_, at) => [...shorter.slice(0, at), dimension, ...shorter.slice(at)]),
  );
}

export const entries: readonly (readonly [Entry, number])[] = [
  [{ hidden: [3], orders: 1 }, 1],
  [{ hidden: [4, 2], orders: 2 }, 1],
  [{ hidden: [1], orders: 2, order: 'reversed' }, 2],
  [{ hidden: [5, 3], orders: 3, activation: 'tanh' }, 3],
  [{ hidden: [9], orders: 4, activation: 'sigmoid', order: 'random' }, 5],
  [{ hidden: [6, 4, 5], orders: 2, activation: 'softplus' }, 5],
  [{ hidden: [16], orders: 3 }, 12],
  [{ hidden: [8, 5], orders: 2, activation: 'elu' }, 12],
];
