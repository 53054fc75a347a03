/** Draws from the base of a flow, some at a time, the same at every look: what changes are the weights. */
import { ofBase } from '../flows/flow.ts';
import { download } from '../layers/namedTensors.ts';
import { RandomGenerator } from '../random/generator.ts';
import { flowOf } from './flowPassage.ts';
import type { Chunked, Snapshot } from './source.ts';

export interface BaseDraws {
  readonly rows: number;
  /** Who draws: each has random numbers of its own. */
  readonly stream: string;
  /** Left out: 1, the density itself. */
  readonly temperature?: number;
  /** [rows, C] row-major, or null. */
  readonly context: Float32Array | null;
}

/** @returns [rows, D] row-major. @throws RangeError when the model is no flow */
export async function* baseDraws(
  { source, parameters }: Snapshot,
  { rows, stream, temperature = 1, context }: BaseDraws,
): Chunked<Float32Array> {
  const work = flowOf(source.model).base.draw({
    rows,
    random: RandomGenerator.seeded(source.seed, `inspection/${stream}`),
    temperature,
    parameters: ofBase(await download(parameters)),
    context,
  });
  let step = work.next();
  while (!step.done) {
    yield;
    step = work.next();
  }
  return step.value;
}
