/** Norms of parameters, gradients and updates, as the measured step computes them (`makeStep.ts`). */
import type { Scalar } from '@tensorflow/tfjs-core';
import { trainedParameters } from '../models/parameters.ts';
import type { Model, NamedTensors } from '../models/model.ts';

/** Norms of the last measured step, by parameter. */
export interface ParameterNorms {
  readonly step: number;
  readonly byParameter: Readonly<
    Record<string, { readonly value: number; readonly gradient: number; readonly update: number }>
  >;
}

/** @param metrics what a measured step gave; @param step that it led to. */
export async function readNorms(model: Model, metrics: NamedTensors, step: number): Promise<ParameterNorms> {
  const read = async (name: string) => (await (metrics[name] as Scalar).data<'float32'>())[0]!;
  const entries = trainedParameters(model).map(async ({ name }) => {
    const [value, gradient, update] = await Promise.all(
      ['valueNorm', 'gradientNorm', 'updateNorm'].map((kind) => read(`${kind}/${name}`)),
    );
    return [name, { value: value!, gradient: gradient!, update: update! }] as const;
  });
  return { step, byParameter: Object.fromEntries(await Promise.all(entries)) };
}
