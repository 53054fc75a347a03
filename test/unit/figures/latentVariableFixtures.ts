/** Frames of latent variables for drawing, from made-up closed forms. */
import { normalCdf, normalQuantile } from '../../../src/distributions/standardNormal.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import {
  AT_ZERO,
  type ManifoldChoice,
  type ManifoldFrame,
  type ManifoldPointChoice,
  type ManifoldPointFrame,
} from '../../../src/inspection/frames/manifold.ts';
import { ACTIVE, type LatentUnitsFrame } from '../../../src/inspection/frames/latentUnits.ts';
import { between, norms } from '../../../src/inspection/between.ts';
import type { WalkFrame } from '../../../src/inspection/frames/latent.ts';
import type { TraversalsFrame } from '../../../src/inspection/frames/traversals.ts';
import type { PosteriorsFrame } from '../../../src/inspection/frames/posteriors.ts';
import type { ReconstructionsFrame } from '../../../src/inspection/frames/reconstructions.ts';
import type { FrameBase, SamplesFrame } from '../../../src/inspection/frames.ts';
import { distanceFrom, expectedIn, histogramOf, sortedColumn } from '../../../src/inspection/latentColumns.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

const shownByDefault: FrameBase = { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 };

export interface MadeUp {
  readonly shown?: FrameBase;
  readonly dimension?: number;
  readonly image?: ImageSize | null;
  readonly latent?: number;
}

/** A blob that goes about with z; a decoder that does not listen makes the same one everywhere. */
function decoded(z: Float32Array, latent: number, o: MadeUp, deaf = false): SamplesFrame {
  const image = o.image === undefined ? ([8, 8] as const) : o.image;
  const dimension = image ? image[0] * image[1] : (o.dimension ?? 5);
  const rows = z.length / latent;
  const wide = image?.[1] ?? dimension;
  const tall = image?.[0] ?? 1;
  const values = Uint8Array.from({ length: rows * dimension }, (_, at) => {
    const [i, d] = [Math.floor(at / dimension), at % dimension];
    const [u, v] = deaf ? [0, 0] : [z[i * latent]!, latent > 1 ? z[i * latent + 1]! : 0];
    const [x, y] = [wide * (0.5 + 0.17 * u), tall * (0.5 - 0.17 * v)];
    const away = Math.hypot((d % wide) + 0.5 - x, tall === 1 ? v : Math.floor(d / wide) + 0.5 - y);
    return Math.round(255 * Math.exp(-(away ** 2) / (0.08 * wide * Math.max(2, tall))));
  });
  return {
    kind: 'samples',
    ...(o.shown ?? shownByDefault),
    rows,
    dimension,
    image,
    values,
    means: null,
    request: null,
  };
}

const planeOf = (latent: number, { across = 0, down = 1, row = AT_ZERO }: Partial<ManifoldChoice>) => ({
  across: Math.min(latent - 1, across),
  down: Math.min(latent - 1, down),
  row,
});

export function manifoldFrame(o: MadeUp & Partial<ManifoldChoice> & { readonly deaf?: boolean } = {}): ManifoldFrame {
  const { latent = 2, side = 8 } = o;
  const rows = latent === 1 ? 1 : side;
  const plane = planeOf(latent, o);
  const places = Float32Array.from({ length: side }, (_, i) => normalQuantile((i + 0.5) / side));
  const z = new Float32Array(side * rows * latent);
  for (let cell = 0; cell < side * rows; cell++) {
    z[cell * latent + plane.across] = places[cell % side]!;
    if (latent > 1) z[cell * latent + plane.down] = places[rows - 1 - Math.floor(cell / side)]!;
  }
  return {
    kind: 'manifold',
    ...(o.shown ?? shownByDefault),
    ...{ latent, plane, places, rows, columns: side, split: 'validation', allRows: 400 },
    held: new Float32Array(latent),
    decoded: decoded(z, latent, o, o.deaf),
  };
}

export function manifoldPointFrame(o: MadeUp & Partial<ManifoldPointChoice> = {}): ManifoldPointFrame {
  const { latent = 2, u = 0, v = 0 } = o;
  const plane = planeOf(latent, o);
  const z = new Float32Array(latent);
  z[plane.across] = u;
  if (latent > 1) z[plane.down] = v;
  const near = z.map((value) => value + 0.2);
  return {
    kind: 'manifoldPoint',
    ...(o.shown ?? shownByDefault),
    ...{ latent, plane, z, split: 'validation', allRows: 400 },
    decoded: decoded(z, latent, o),
    nearest: { row: 1321, distance: 0.0713, shown: decoded(near, latent, o), among: 2675, of: 60_000 },
  };
}

/** The last third of the units tells nothing, and the decoder does not listen to it. */
export function traversalsFrame(
  o: MadeUp & { readonly row?: number; readonly collapsed?: boolean } = {},
): TraversalsFrame {
  const { latent = 6, row = AT_ZERO, collapsed = false } = o;
  const n = 11;
  const places = Float32Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n));
  const dead = (unit: number) => collapsed || unit >= 0.7 * latent;
  const units = Int32Array.from({ length: latent }, (_, unit) => unit);
  const z = new Float32Array(latent * n * 2);
  for (const unit of units) {
    // Of the two ways that the made-up blob can go units take turns, each going less far than the last.
    for (const [i, place] of places.entries()) {
      z[2 * (unit * n + i) + (unit % 2)] = dead(unit) ? 0 : place / (1 + unit / 2);
    }
  }
  return {
    kind: 'traversals',
    ...(o.shown ?? shownByDefault),
    ...{ latent, row, units, places, split: 'validation', allRows: 400, rows: 250, complete: true },
    held: new Float32Array(latent),
    perUnit: Float32Array.from(units, (unit) => (dead(unit) ? 0.004 : 2.5 - unit / latent)),
    activity: Float32Array.from(units, (unit) => (dead(unit) ? ACTIVE / 10 : 0.4)),
    decoded: decoded(z, 2, o),
  };
}

/** Between two rows of the data, by both paths. */
export function posteriorWalkFrame(o: MadeUp & { readonly first?: number; readonly second?: number } = {}): WalkFrame {
  const { latent = 2 } = o;
  const [first, second] = [o.first, o.second].map((row, i) => (row === undefined || row < 0 ? [11, 301][i]! : row));
  const wayOf = (path: 'spherical' | 'straight') => {
    const way = between(Float32Array.of(1.4, 0.6), Float32Array.of(-0.6, 1.5), 11, path);
    return { path, decoded: decoded(way, 2, o), norm: norms(way, 2) };
  };
  return {
    kind: 'walk',
    ...(o.shown ?? shownByDefault),
    ...{ space: 'latent', dimension: latent, split: 'validation', allRows: 400, first: first!, second: second! },
    ...wayOf(latent === 1 ? 'straight' : 'spherical'),
    beside: latent === 1 ? null : wayOf('straight'),
    ends: decoded(Float32Array.of(1.6, 0.7, -0.7, 1.7), 2, o),
    ...{ gaussian: true, logProb: null, error: 0.61, points: null },
  };
}

export function posteriorsFrame(
  o: MadeUp & { readonly rows?: number; readonly labels?: number | null; readonly narrow?: boolean } = {},
): PosteriorsFrame {
  const { latent = 2, rows = 200, labels = 3, narrow = false } = o;
  const random = RandomGenerator.seeded(61, 'posteriors');
  const of = Int32Array.from({ length: rows }, (_, i) => (labels ? i % labels : 0));
  const mean = Float32Array.from({ length: rows * latent }, (_, at) => {
    const turn = (2 * Math.PI * of[Math.floor(at / latent)]!) / (labels ?? 1);
    const centre = labels === null ? 0 : Math.cos(turn - (Math.PI / 2) * (at % latent));
    return (narrow ? 0.3 : 1) * centre + (narrow ? 0.1 : labels === null ? 0.95 : 0.5) * random.normal();
  });
  const deviation = Float32Array.from({ length: rows * latent }, () => 0.2 + 0.15 * random.uniform());
  const drawn = mean.map((value, at) => value + deviation[at]! * random.normal());
  const bins = 40;
  const columns = Array.from({ length: latent }, (_, k) => sortedColumn(drawn, latent, k));
  const average = (all: Float32Array) => all.reduce((sum, value) => sum + value, 0) / all.length;
  return {
    kind: 'posteriors',
    ...(o.shown ?? shownByDefault),
    ...{ latent, rows, mean, deviation, bins, split: 'validation', allRows: 1000, draws: null, low: -4, high: 4 },
    row: Int32Array.from({ length: rows }, (_, i) => 3 * i),
    labels: labels === null ? null : { of, count: labels, names: null, frequent: [...Array(labels).keys()] },
    histogram: Float32Array.from(columns.flatMap((column) => [...histogramOf(column, -4, 4, bins)])),
    expected: expectedIn({ cdf: normalCdf }, -4, 4, bins),
    distance: Float32Array.from(columns, (column) => distanceFrom(column, normalCdf)),
    aggregateMean: Float32Array.from(columns, average),
    aggregateVariance: Float32Array.from(columns, (column) => average(column.map((value) => value ** 2))),
    complete: true,
  };
}

export function latentUnitsFrame(
  o: MadeUp & { readonly moments?: number; readonly posterior?: 'gaussian' | 'iaf'; readonly collapsed?: boolean } = {},
): LatentUnitsFrame {
  const { latent = 6, posterior = 'gaussian', collapsed = false } = o;
  const shown = o.shown ?? shownByDefault;
  const count = o.moments ?? 12;
  const at = (unit: number, share: number) =>
    collapsed || unit >= 0.7 * latent ? 0.004 * (1 - share) : (2.5 - unit / latent) * Math.sqrt(share);
  const moments = Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / count;
    const perUnit = Float32Array.from({ length: latent }, (_, unit) => at(unit, share));
    return {
      step: Math.round(shown.step * share),
      epoch: shown.epoch * share,
      rows: 250,
      reconstruction: -120 + 40 * Math.sqrt(share),
      divergence: perUnit.reduce((sum, own) => sum + own, 0),
      perUnit,
      active: perUnit.filter((own) => own > 0.02).length,
      varianceA: 14 - 6 * share,
      varianceB: posterior === 'gaussian' ? 11 - 6 * share : null,
    };
  });
  const last = moments.at(-1)!;
  const mean = last.reconstruction - last.divergence;
  const estimates = (variance: number, off: number) => ({ mean: mean + off, standardError: 0.61, variance });
  return {
    kind: 'latentUnits',
    ...shown,
    ...{ latent, posterior, moments, split: 'validation', rows: 250, allRows: 1000, samples: 8, complete: true },
    perUnit: last.perUnit,
    activity: last.perUnit.map((own) => (own > 0.02 ? 0.4 : ACTIVE / 10)),
    reconstruction: last.reconstruction,
    divergence: last.divergence,
    estimators: {
      A: estimates(last.varianceA, 0.02),
      B: last.varianceB === null ? null : estimates(last.varianceB, 0),
    },
  };
}

export function reconstructionsFrame(o: MadeUp & { readonly collapsed?: boolean } = {}): ReconstructionsFrame {
  const random = RandomGenerator.seeded(67, 'reconstructions');
  const rows = 24;
  const z = Float32Array.from({ length: 2 * rows }, () => random.normal());
  const lost = z.map((value) => 0.9 * value);
  const other = z.map(() => random.normal());
  return {
    kind: 'reconstructions',
    ...(o.shown ?? shownByDefault),
    ...{ split: 'validation', allRows: 400, row: Int32Array.from({ length: rows }, (_, i) => 7 * i) },
    originals: decoded(z, 2, o),
    reconstructions: decoded(lost, 2, o, o.collapsed),
    samples: decoded(other, 2, o, o.collapsed),
    error: new Float32Array(rows).fill(o.collapsed ? 0.31 : 0.08),
    baseline: 0.312,
  };
}
