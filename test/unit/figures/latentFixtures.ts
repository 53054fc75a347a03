/** Frames of flows for drawing, from a made-up flow of two variables in closed form and from made-up columns. */
import { massShares, type TransportFrame } from '../../../src/inspection/frames/transport.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import type { HeatFrame, LatentFrame, WalkFrame } from '../../../src/inspection/frames/latent.ts';
import type { FrameBase, SamplesFrame } from '../../../src/inspection/frames.ts';
import { expectedIn, histogramOf, distanceFrom, quantileOf } from '../../../src/inspection/latentColumns.ts';
import { windowOf } from '../../../src/inspection/transportWindow.ts';
import { normalCdf, normalQuantile } from '../../../src/distributions/standardNormal.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

type Place = readonly [number, number];

const shownByDefault: FrameBase = { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 };

interface MadeUpLayer {
  readonly title: string;
  readonly about: string;
  forward(place: Place): readonly [Place, logDet: number];
  inverse(place: Place): Place;
}

/** A banana is bent straight, turned over, and made round. */
const layers: readonly MadeUpLayer[] = [
  {
    title: 'Additive coupling',
    about: 'x₁ passes, x₂ moves',
    forward: ([x, y]) => [[x, y - 0.8 * x * x + 0.8], 0],
    inverse: ([x, y]) => [x, y + 0.8 * x * x - 0.8],
  },
  { title: 'Reversal', about: 'the order is reversed', forward: ([x, y]) => [[y, x], 0], inverse: ([x, y]) => [y, x] },
  {
    title: 'Affine coupling',
    about: 'x₁ passes, x₂ moves',
    forward: ([x, y]) => [[x, y * Math.exp(0.2 * Math.tanh(x)) + 0.1], 0.2 * Math.tanh(x)],
    inverse: ([x, y]) => [x, (y - 0.1) * Math.exp(-0.2 * Math.tanh(x))],
  },
  {
    title: 'Scaling',
    about: 'every variable is scaled',
    forward: ([x, y]) => [[2.5 * x, 0.9 * y], Math.log(2.25)],
    inverse: ([x, y]) => [x / 2.5, y / 0.9],
  },
];

const STAGES = layers.length + 1;

function along(place: Place): { readonly places: Place[]; readonly logDets: number[] } {
  const places = [place];
  const logDets: number[] = [];
  for (const layer of layers) {
    const [next, logDet] = layer.forward(places.at(-1)!);
    places.push(next);
    logDets.push(logDet);
  }
  return { places, logDets };
}

function back(place: Place): Place[] {
  const places = [place];
  for (const layer of layers.toReversed()) places.unshift(layer.inverse(places[0]!));
  return places;
}

const logBase = ([x, y]: Place) => -(x * x + y * y) / 2 - Math.log(2 * Math.PI);

/** [stages, n, 2] */
const stacked = (ways: readonly (readonly Place[])[]) =>
  Float32Array.from(Array.from({ length: STAGES }, (_, stage) => ways.flatMap((way) => [...way[stage]!])).flat());

const LINES = 7;
const NODES = 13;

function lattice({ x, y, side }: ReturnType<typeof windowOf>): Place[] {
  return [true, false].flatMap((upright) =>
    Array.from({ length: LINES * NODES }, (_, i): Place => {
      const [across, along] = [(side * Math.floor(i / NODES)) / (LINES - 1), (side * (i % NODES)) / (NODES - 1)];
      return upright ? [x + across, y + along] : [x + along, y + across];
    }),
  );
}

const places = (all: readonly Place[]) =>
  Float32Array.from(all.flatMap(([x, y]) => [x, y].map((u) => 2 * normalCdf(u) - 1)));

export interface TransportMadeUp {
  readonly shown?: FrameBase;
  readonly rows?: number;
  readonly cells?: number;
  readonly condition?: TransportFrame['condition'];
  /** A row whose place is no number from some stage on. */
  readonly broken?: boolean;
}

/** Rows of the made-up flow's own, a little off. */
export function transportFrame(o: TransportMadeUp = {}): TransportFrame {
  const { rows = 120, cells = 33 } = o;
  const random = RandomGenerator.seeded(41, 'transport');
  const draw = (): Place => [random.normal(), random.normal()];
  const data = Array.from({ length: rows }, () => {
    const [x, y] = back(draw())[0]!;
    return along([x + 0.05 * random.normal(), y + 0.05 * random.normal()]);
  });
  const draws = Array.from({ length: 80 }, draw);
  const points = stacked(data.map(({ places: all }) => all));
  if (o.broken) points.fill(NaN, 3 * 2 * rows, 3 * 2 * rows + 2);
  const windows = Array.from({ length: STAGES }, (_, stage) =>
    windowOf(points.subarray(stage * 2 * rows, (stage + 1) * 2 * rows), stage === STAGES - 1 ? [-3.1, 3.1] : null),
  );
  const logDensity = Float32Array.from(
    windows.flatMap(({ x, y, side }, stage) =>
      Array.from({ length: cells * cells }, (_, i) => {
        const at = (k: number) => (side * (k + 0.5)) / cells;
        let place: Place = [x + at(i % cells), y + at(Math.floor(i / cells))];
        let logDet = 0;
        for (const layer of layers.slice(stage)) {
          const [next, own] = layer.forward(place);
          place = next;
          logDet += own;
        }
        return logBase(place) + logDet;
      }),
    ),
  );
  const levels = windows.flatMap(({ side }, stage) => {
    const sorted = logDensity
      .slice(stage * cells * cells, (stage + 1) * cells * cells)
      .sort()
      .reverse();
    let mass = 0;
    const sums = Array.from(sorted, (value) => (mass += Math.exp(value) * (side / cells) ** 2));
    return massShares.map((share) => sorted[sums.findIndex((sum) => sum >= share)] ?? NaN);
  });
  return {
    kind: 'transport',
    ...(o.shown ?? shownByDefault),
    layers: layers.map(({ title, about }) => ({ title, about })),
    base: 'standard Gaussian',
    split: 'validation',
    rows,
    allRows: 2000,
    condition: o.condition ?? null,
    row: Int32Array.from({ length: rows }, (_, i) => (i * 37) % 2000),
    points,
    logDet: Float32Array.from(layers.flatMap((_, l) => data.map(({ logDets }) => logDets[l]!))),
    logBase: Float32Array.from(data, ({ places: all }, i) => (o.broken && i === 0 ? NaN : logBase(all.at(-1)!))),
    place: places(data.map(({ places: all }) => all.at(-1)!)),
    samples: stacked(draws.map(back)),
    samplePlace: places(draws),
    lines: 2 * LINES,
    nodes: NODES,
    evenInX: stacked(lattice(windows[0]!).map((place) => along(place).places)),
    evenInU: stacked(lattice(windows.at(-1)!).map(back)),
    windows: Float32Array.from(windows.flatMap(({ x, y, side }) => [x, y, side])),
    cells,
    logDensity,
    levels: Float32Array.from(levels),
    complete: true,
  };
}

export interface LatentMadeUp {
  readonly dimension: number;
  readonly image?: ImageSize | null;
  readonly shown?: FrameBase;
  readonly rows?: number;
  /** Draws stand for the base, whose coordinates depend on each other. */
  readonly dependent?: boolean;
  /** All coordinates are the base's own. */
  readonly fits?: boolean;
}

/** Coordinates that fit, but for every third that is wider and every fifth that is off the middle. */
export function latentFrame(o: LatentMadeUp): LatentFrame {
  const { dimension, image = null, rows = 800, dependent = false, fits = false } = o;
  const random = RandomGenerator.seeded(43, 'latent');
  const [low, high, bins] = [-3.7, 3.7, 32];
  const probabilities = Float32Array.from([
    0.005,
    0.01,
    ...Array.from({ length: 39 }, (_, i) => (i + 1) / 40),
    0.99,
    0.995,
  ]);
  const columns = Array.from({ length: dimension }, (_, d) => {
    const scale = fits ? 1 : d % 3 === 2 ? 1.35 : 1;
    const shift = fits ? 0 : d % 5 === 4 ? 0.4 : 0;
    return Float32Array.from({ length: rows }, () => shift + scale * random.normal()).sort();
  });
  const each = (length: number, of: (column: Float32Array) => Iterable<number>) => {
    const all = new Float32Array(dimension * length);
    for (const [d, column] of columns.entries()) all.set(Float32Array.from(of(column)), d * length);
    return all;
  };
  const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / rows);
  const expected = expectedIn({ cdf: normalCdf }, low, high, bins);
  const quantiles = probabilities.map((p) => normalQuantile(p));
  const apart = dependent ? dimension : 1;
  const repeated = (all: Float32Array) =>
    Float32Array.from({ length: apart * all.length }, (_, i) => all[i % all.length]!);
  return {
    kind: 'latent',
    ...(o.shown ?? shownByDefault),
    dimension,
    image,
    split: 'validation',
    rows,
    allRows: 2000,
    base: {
      name: dependent ? 'MADE with mixtures of Gaussians' : 'standard Gaussian',
      gaussian: !dependent,
      draws: dependent ? rows : null,
      mean: new Float32Array(apart),
      variance: new Float32Array(apart).fill(1),
    },
    low,
    high,
    bins,
    histogram: each(bins, (column) => histogramOf(column, low, high, bins)),
    expected: repeated(expected),
    probabilities,
    quantiles: each(probabilities.length, (column) => probabilities.map((p) => quantileOf(column, p))),
    baseQuantiles: repeated(quantiles),
    distance: Float32Array.from(columns, (column) => distanceFrom(column, normalCdf)),
    mean: Float32Array.from(mean),
    variance: Float32Array.from(
      columns,
      (column, d) => column.reduce((sum, value) => sum + (value - mean[d]!) ** 2, 0) / rows,
    ),
    pairs: dimension < 2 ? [] : [{ a: 0, b: 1, r: 0.31 }, ...(dimension > 4 ? [{ a: 2, b: 4, r: -0.22 }] : [])],
    correlation: dimension < 2 ? 0 : 0.06,
    notFinite: 0,
    complete: true,
  };
}

type Decoded = Pick<SamplesFrame, 'rows' | 'dimension' | 'image' | 'values' | 'exact' | 'range'>;

/** Rows of a plane, of pictures, or of other numbers. */
function decoded(
  rows: number,
  dimension: number,
  image: Decoded['image'],
  at: (row: number, d: number) => number,
): SamplesFrame {
  const values = Float32Array.from({ length: rows * dimension }, (_, i) =>
    at(Math.floor(i / dimension), i % dimension),
  );
  const range = [-3, 3] as const;
  return {
    kind: 'samples',
    ...shownByDefault,
    rows,
    dimension,
    image,
    values: Uint8Array.from(values, (value) => Math.max(0, Math.min(255, ((value + 3) / 6) * 255))),
    means: null,
    range,
    exact: { values },
    request: null,
  };
}

export interface WayMadeUp {
  readonly dimension: number;
  readonly image?: ImageSize | null;
  readonly shown?: FrameBase;
}

const around = (dimension: number) => {
  const random = RandomGenerator.seeded(47, 'around');
  return dimension === 2
    ? Float32Array.from(Array.from({ length: 150 }, () => [...back([random.normal(), random.normal()])[0]!]).flat())
    : null;
};

export function walkFrame(
  o: WayMadeUp & { readonly first?: number; readonly second?: number; readonly path?: WalkFrame['path'] },
): WalkFrame {
  const { dimension, image = null, path = 'straight' } = o;
  const steps = dimension === 2 ? 41 : 11;
  const bend = path === 'spherical' ? 1 : 0.6;
  const t = (row: number) => row / (steps - 1);
  const plane = Array.from({ length: steps }, (_, k) => back([-1.5 + 3 * t(k), bend * Math.sin(Math.PI * t(k))])[0]!);
  const picture = (row: number, d: number) => {
    const wide = image?.[1] ?? dimension;
    const away = Math.abs((d % wide) - wide * (0.25 + 0.5 * t(row)));
    return 3 - 6 * Math.min(1, away / (0.3 * wide));
  };
  return {
    kind: 'walk',
    ...(o.shown ?? shownByDefault),
    split: 'validation',
    allRows: 2000,
    first: o.first === undefined || o.first < 0 ? 11 : o.first,
    second: o.second === undefined || o.second < 0 ? 401 : o.second,
    path,
    gaussian: true,
    ...{ space: 'base', dimension, beside: null, ends: null },
    decoded: decoded(steps, dimension, image, (row, d) => (dimension === 2 ? plane[row]![d]! : picture(row, d))),
    logProb: Float32Array.from({ length: steps }, (_, k) => -2 - Math.sin(Math.PI * t(k))),
    norm: Float32Array.from(
      { length: steps },
      (_, k) => Math.sqrt(dimension) * (1 - (1 - bend) * Math.sin(Math.PI * t(k))),
    ),
    error: 2.1e-6,
    points: around(dimension),
  };
}

export function heatFrame(o: WayMadeUp & { readonly temperature?: number }): HeatFrame {
  const { dimension, image = null, temperature = 1 } = o;
  const random = RandomGenerator.seeded(53, 'heat');
  const rows = image ? 25 : dimension === 2 ? 200 : 16;
  const u = Float32Array.from({ length: rows * dimension }, () => temperature * random.normal());
  const plane = (row: number, d: number) => back([u[2 * row]!, u[2 * row + 1]!])[0]![d]!;
  return {
    kind: 'heat',
    ...(o.shown ?? shownByDefault),
    temperature,
    decoded: decoded(rows, dimension, image, (row, d) => (dimension === 2 ? plane(row, d) : u[row * dimension + d]!)),
    logProb: -1.5 - temperature,
    points: around(dimension),
  };
}
