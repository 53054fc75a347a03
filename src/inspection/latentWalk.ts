/** Ways through latent space, as rows: between two rows of the data, and away from the middle of the base. */
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { baseDraws } from './baseDraws.ts';
import { flowOf, logProbOf, passage } from './flowPassage.ts';
import { carriedRows, picked } from './flowRows.ts';
import type { Matrix } from '../data/dataset.ts';
import { between, norms, type WalkPath } from './between.ts';
import type { FrameMaker } from './frameMaker.ts';
import { OWN_ROW, type HeatChoice, type HeatFrame, type WalkChoice, type WalkFrame } from './frames/latent.ts';
import type { SamplesFrame } from './frames.ts';
import { isGaussian } from './latentColumns.ts';
import { errorOf, halves, posteriorWalk, stepsOf, type Walked } from './posteriorWalk.ts';
import { framed, gridContext, valueRange } from './sampleFrames.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Rows at a temperature: images, points in a plane, others. */
const HEATED = { image: 25, plane: 300, other: 16 } as const;
/** Rows of the data that stand around points of a plane. */
const AROUND = 300;

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

/** @throws RangeError when the model has no latent space, or there is no such row. */
export async function* walkFrame(snapshot: Snapshot, choice: WalkChoice, free = false): Chunked<WalkFrame> {
  const { source } = snapshot;
  const { split, matrix } = heldOut(await source.dataset());
  const own = rowOrder(matrix, source.seed);
  const [first, second] = [choice.first, choice.second].map((row, i) => {
    const chosen = row === OWN_ROW ? own[Math.min(i, own.length - 1)]! : row;
    if (chosen < matrix.rows) return chosen;
    throw new RangeError(`no row ${chosen}: there are ${matrix.rows} ${split} rows, counted from 0`);
  }) as [number, number];
  const ends = Int32Array.of(first, second);
  const walked = source.model.latent
    ? yield* posteriorWalk(snapshot, matrix, ends, free)
    : yield* baseWalk(snapshot, matrix, ends, choice.path, free);
  return {
    kind: 'walk',
    ...frameBase(snapshot),
    ...{ split, first, second, allRows: matrix.rows, ...walked },
    points: yield* around(snapshot),
  };
}

/** Between the places at a flow's base that two rows are carried to, and back. */
async function* baseWalk(
  snapshot: Snapshot,
  matrix: Matrix,
  row: Int32Array,
  path: WalkPath,
  free: boolean,
): Chunked<Walked> {
  const { model } = snapshot.source;
  const flow = flowOf(model);
  const { dimension } = flow;
  const ends = picked(model, matrix, row);
  const there = yield* passage(snapshot, { ...forth, ...ends, rows: 2, free });
  const steps = stepsOf(dimension);
  const way = between(...halves(there.places.at(-1)!), steps, path);
  // What rows are conditioned on goes over from the one to the other as well.
  const context = ends.context && between(...halves(ends.context), steps, 'straight');
  const back = yield* passage(snapshot, { ...home, values: way, rows: steps, context, free });
  const x = back.places[0]!;
  return {
    ...{ space: 'base', dimension, path, beside: null, ends: null, error: errorOf(ends.values, x) },
    gaussian: isGaussian(flow.base.marginal),
    decoded: yield* shown(snapshot, x, context),
    logProb: logProbOf(back),
    norm: norms(way, dimension),
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
