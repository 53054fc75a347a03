/** Ways through latent space, as rows: between two rows of the data, and away from the middle of the base. */
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { baseDraws } from './baseDraws.ts';
import { flowOf, logProbOf, passage } from './flowPassage.ts';
import { carriedRows, picked } from './flowRows.ts';
import type { FrameMaker } from './frameMaker.ts';
import { OWN_ROW, type HeatChoice, type HeatFrame, type WalkChoice, type WalkFrame } from './frames/latent.ts';
import type { SamplesFrame } from './frames.ts';
import { isGaussian } from './latentColumns.ts';
import { framed, gridContext, valueRange } from './sampleFrames.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Rows on the way, ends included; of points in a plane a line of them. */
const STEPS = 11;
const PLANE_STEPS = 41;
/** Rows at a temperature: images, points in a plane, others. */
const HEATED = { image: 25, plane: 300, other: 16 } as const;
/** Rows of the data that stand around points of a plane. */
const AROUND = 300;
/** Two rows that point the same way have no great circle of their own. */
const SAME_WAY = 1e-4;

export const walkMaker: FrameMaker<'walk'> = {
  compute: (snapshot, { options, free }) => walkFrame(snapshot, options, free),
  renewed: 'epoch',
  canBeRefined: () => false,
};

export const heatMaker: FrameMaker<'heat'> = {
  compute: (snapshot, { options, free }) => heatFrame(snapshot, options, free),
  renewed: 'epoch',
  canBeRefined: () => false,
};

/** @throws RangeError when the model is no flow, or there is no such row. */
export async function* walkFrame(snapshot: Snapshot, choice: WalkChoice, free = false): Chunked<WalkFrame> {
  const { source } = snapshot;
  const { model } = source;
  const flow = flowOf(model);
  const { dimension } = flow;
  const { split, matrix } = heldOut(await source.dataset());
  const own = rowOrder(matrix, source.seed);
  const [first, second] = [choice.first, choice.second].map((row, i) => {
    const chosen = row === OWN_ROW ? own[Math.min(i, own.length - 1)]! : row;
    if (chosen < matrix.rows) return chosen;
    throw new RangeError(`no row ${chosen}: there are ${matrix.rows} ${split} rows, counted from 0`);
  }) as [number, number];
  const ends = picked(model, matrix, Int32Array.of(first, second));
  const there = yield* passage(snapshot, { ...forth, ...ends, rows: 2, free });
  const u = there.places.at(-1)!;
  const steps = dimension === 2 ? PLANE_STEPS : STEPS;
  const [a, b] = [u.subarray(0, dimension), u.subarray(dimension)];
  const way = between(a, b, steps, choice.path);
  // What rows are conditioned on goes over from the one to the other as well.
  const context = ends.context && between(...halves(ends.context), steps, 'straight');
  const back = yield* passage(snapshot, { ...home, values: way, rows: steps, context, free });
  const x = back.places[0]!;
  let error = 0;
  for (let d = 0; d < dimension; d++) {
    error = Math.max(
      error,
      Math.abs(x[d]! - ends.values[d]!),
      Math.abs(x[(steps - 1) * dimension + d]! - ends.values[dimension + d]!),
    );
  }
  return {
    kind: 'walk',
    ...frameBase(snapshot),
    split,
    allRows: matrix.rows,
    first,
    second,
    path: choice.path,
    gaussian: isGaussian(flow.base.marginal),
    decoded: yield* shown(snapshot, x, context),
    logProb: logProbOf(back),
    norm: Float32Array.from({ length: steps }, (_, k) => norm(way.subarray(k * dimension, (k + 1) * dimension))),
    error,
    points: yield* around(snapshot),
  };
}

/** @throws RangeError when the model is no flow, or the temperature is below 0. */
export async function* heatFrame(snapshot: Snapshot, { temperature }: HeatChoice, free = false): Chunked<HeatFrame> {
  const { source } = snapshot;
  const { dimension } = flowOf(source.model);
  if (!(temperature >= 0)) throw new RangeError(`a temperature of ${temperature}; 0 and more are possible`);
  const rows = HEATED[source.image ? 'image' : dimension === 2 ? 'plane' : 'other'];
  const pattern = (await gridContext(source, rows))?.values ?? null;
  const context =
    pattern &&
    Float32Array.from({ length: rows * source.model.contextDimension }, (_, i) => pattern[i % pattern.length]!);
  // The same random numbers at every temperature: what changes is how far out they lead.
  const values = yield* baseDraws(snapshot, { rows, stream: 'heat', temperature, context });
  const back = yield* passage(snapshot, { ...home, values, rows, context, free });
  const logProb = logProbOf(back);
  return {
    kind: 'heat',
    ...frameBase(snapshot),
    temperature,
    decoded: yield* shown(snapshot, back.places[0]!, context),
    logProb: logProb.reduce((sum, own) => sum + own, 0) / rows,
    points: yield* around(snapshot),
  };
}

const forth = { direction: 'forward', keep: 'end' } as const;
const home = { direction: 'inverse', keep: 'end' } as const;

const halves = (both: Float32Array): [Float32Array, Float32Array] => [
  both.subarray(0, both.length / 2),
  both.subarray(both.length / 2),
];

const norm = (u: Float32Array) => Math.sqrt(u.reduce((sum, value) => sum + value * value, 0));

/**
 * [steps, D] from a to b. `spherical`: along the great circle between their directions, lengths going over evenly (Shoemake
 * 1985), so that the way stays as far out as draws from a Gaussian are; straight where the two point the same way.
 */
export function between(a: Float32Array, b: Float32Array, steps: number, path: WalkChoice['path']): Float32Array {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  const cosine = a.reduce((sum, value, d) => sum + value * b[d]!, 0) / (lengthA * lengthB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const bent = path === 'spherical' && Math.sin(angle) > SAME_WAY;
  const way = new Float32Array(steps * a.length);
  for (let k = 0; k < steps; k++) {
    const t = steps === 1 ? 0 : k / (steps - 1);
    const length = lengthA + (lengthB - lengthA) * t;
    const [fromA, fromB] = bent
      ? [
          (length * Math.sin((1 - t) * angle)) / (Math.sin(angle) * lengthA),
          (length * Math.sin(t * angle)) / (Math.sin(angle) * lengthB),
        ]
      : [1 - t, t];
    for (let d = 0; d < a.length; d++) way[k * a.length + d] = fromA * a[d]! + fromB * b[d]!;
  }
  return way;
}

/** Decoded rows as the views of samples draw them. */
async function* shown(snapshot: Snapshot, values: Float32Array, context: Float32Array | null): Chunked<SamplesFrame> {
  const { support, dimension } = snapshot.source.model;
  const range = await valueRange(snapshot.source);
  yield;
  const rows = values.length / dimension;
  // Of grey levels the whole number below, as the flow draws them.
  const own =
    typeof support === 'string'
      ? values
      : values.map((value) => Math.max(0, Math.min(support.levels - 1, Math.floor(value))));
  const drawn = { rows, dimension, values: own, means: null, given: null, context };
  return framed(snapshot, drawn, { mask: null, request: null, range });
}

/** Some rows of the data, where they are points of a plane. */
async function* around({ source }: Snapshot): Chunked<Float32Array | null> {
  if (source.model.dimension !== 2) return null;
  const { values } = await carriedRows(source, AROUND, null);
  yield;
  return values;
}
