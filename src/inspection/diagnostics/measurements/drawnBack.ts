/** Rows as a flow's own sampler draws them, beside what its layers make of the same u, there and back. */
import { download } from '../../../layers/namedTensors.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { baseDraws } from '../../baseDraws.ts';
import { flowOf, passage } from '../../flowPassage.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import { ASTRAY, roundTripError } from '../tolerances.ts';

const STREAM = 'drawn';

export interface DrawnBack {
  readonly rows: number;
  /**
   * Rows that are neither what the layers lead u back to, nor led forward to u. Of levels, whose noise is gone, f tells
   * nothing: there the way back decides.
   */
  readonly astray: number;
  /** Of those the entry that is furthest off: as it was drawn, and as the layers lead u back to it; null for none. */
  readonly worst: { readonly variable: number; readonly drawn: number; readonly back: number } | null;
}

/** @param context [rows, C] row-major, or null */
export async function* drawnBack(
  snapshot: Snapshot,
  rows: number,
  context: Float32Array | null,
): Chunked<DrawnBack | null> {
  const { model, seed } = snapshot.source;
  const { dimension } = flowOf(model);
  const u = yield* baseDraws(snapshot, { rows, stream: STREAM, context });
  const drawing = model.sample(await download(snapshot.parameters), {
    rows,
    // The base draws first, so that the same numbers give the same u.
    random: RandomGenerator.seeded(seed, `inspection/${STREAM}`),
    ...{ temperature: 1, mask: 0, context, given: null },
  });
  let step = await drawing.next();
  for (; step.done !== true; step = await drawing.next()) yield;
  const drawn = step.value.values;
  const way = { rows, context, keep: 'end', free: false } as const;
  const returned = yield* passage(snapshot, { ...way, values: u, direction: 'inverse' });
  const { support } = model;
  const levels = typeof support === 'string' ? null : support.levels;
  const back = levels === null ? returned.places[0]! : onLevels(returned.places[0]!, levels);
  // Rounding may carry a place across the edge of a level.
  const most = levels === null ? ASTRAY : 1;
  const apart = everyRow(drawn, back, dimension, levels === null ? roundTripError : distance).filter(
    // What is no number is told by `nan`, and by the layers' own ways back.
    ({ away }) => away > most && Number.isFinite(away),
  );
  if (apart.length === 0) return { rows, astray: 0, worst: null };
  let astray = apart;
  if (levels === null) {
    const there = yield* passage(snapshot, { ...way, values: drawn, direction: 'forward' });
    const offBase = everyRow(u, there.places.at(-1)!, dimension, roundTripError);
    astray = apart.filter(({ row }) => offBase[row]!.away > ASTRAY);
  }
  const [worst] = astray.toSorted((a, b) => b.away - a.away);
  return {
    rows,
    astray: astray.length,
    worst: worst ? { variable: worst.at % dimension, drawn: drawn[worst.at]!, back: back[worst.at]! } : null,
  };
}

const onLevels = (places: Float32Array, levels: number) =>
  places.map((place) => Math.max(0, Math.min(levels - 1, Math.floor(place))));

type Apart = (two: { readonly x: number; readonly back: number }) => number;
const distance: Apart = ({ x, back }) => Math.abs(x - back);

/** Of every row the entry that is furthest off. */
function everyRow(
  x: Float32Array,
  back: Float32Array,
  dimension: number,
  apart: Apart,
): { readonly row: number; readonly at: number; readonly away: number }[] {
  return Array.from({ length: x.length / dimension }, (_, row) => {
    let [at, away] = [row * dimension, -1];
    for (let i = at; i < (row + 1) * dimension; i++) {
      const own = apart({ x: x[i]!, back: back[i]! });
      if (own > away) [at, away] = [i, own];
    }
    return { row, at, away };
  });
}
