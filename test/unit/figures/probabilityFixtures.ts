/** Frames of probabilities for drawing, made up from fixed seeds: for golden pictures and for the tests of the page. */
import type { EnsembleFrame } from '../../../src/inspection/ensembleFrame.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import type { CharacterCosts, EntropyFrame } from '../../../src/inspection/entropyFrame.ts';
import type { Cumulative, GridSum, ProbabilityFrame, RowSum } from '../../../src/inspection/probabilityFrame.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

type Shown = Pick<ProbabilityFrame, 'version' | 'step' | 'epoch' | 'mask' | 'maskCount'>;

const shownOf = (maskCount: number): Shown => ({ version: 1, step: 1200, epoch: 2, mask: 0, maskCount });
type Image = ImageSize | null;

const MOST = 12;

function curveOf(rows: number, steepness: number): Cumulative {
  const rank = Array.from({ length: 60 }, (_, i) => Math.round(rows ** (i / 59))).filter(
    (n, i, all) => n !== all[i - 1],
  );
  const all = 1 - Math.exp(-((steepness * rows) ** 0.6));
  return {
    rank: Float64Array.from(rank),
    share: Float64Array.from(rank, (n) => (1 - Math.exp(-((steepness * n) ** 0.6))) / all),
  };
}

export interface MadeUp {
  readonly dimension: number;
  readonly image?: Image;
  readonly maskCount?: number;
  readonly shown?: Shown;
}

/** Binary rows; of more than 16 variables ten of them, the others held fast. */
export function probabilityFrame(
  o: MadeUp & {
    readonly total?: number;
    readonly kind?: 'exact' | 'bound' | 'loss';
    readonly label?: RowSum['label'];
  },
): ProbabilityFrame {
  const { dimension, image = null, maskCount = 1, total = 1 + 6e-8, kind = 'exact' } = o;
  const random = RandomGenerator.seeded(23, 'probabilities');
  const whole = dimension <= 16;
  const free = whole ? dimension : 10;
  const rows = 2 ** free;
  const values = new Uint8Array(MOST * dimension);
  for (let i = 0; i < values.length; i++) {
    const side = image?.[1] ?? dimension;
    const near =
      Math.hypot(((i % dimension) % side) - side / 2, Math.floor((i % dimension) / side) - side / 2) < side / 3;
    values[i] = random.uniform() < (near ? 0.8 : 0.15) ? 1 : 0;
  }
  const probability = Float64Array.from({ length: MOST }, (_, i) => (0.09 * total) / (1 + 0.4 * i));
  const isOne = Math.abs(total - 1) < 1e-5;
  const position = Math.floor(dimension / 2);
  const sum: RowSum = {
    over: 'rows',
    levels: 2,
    rows,
    total,
    perMask: Array.from({ length: whole ? maskCount : 1 }, (_, mask) => ({ mask, total: total + 1e-8 * mask })),
    given: whole
      ? null
      : {
          split: 'validation',
          row: 16,
          position,
          variables: Int32Array.from({ length: free }, (_, k) => position - 1 + k),
          own: 0.0312,
        },
    context: o.label ? 16 : null,
    ...(o.label && { label: o.label }),
    entropy: isOne ? 3.41 : null,
    half: 12,
    cumulative: curveOf(rows, 0.06),
    most: {
      values,
      probability,
      frequency: whole ? probability.map((p) => (p / total) * (0.7 + 0.6 * random.uniform())) : null,
    },
    data: whole
      ? { rows: 600, distinct: 90, entropy: 3.2, kl: 0.1234, covered: 0.912, cumulative: curveOf(90, 0.1) }
      : null,
  };
  return {
    kind: 'probability',
    ...(o.shown ?? shownOf(maskCount)),
    ...(maskCount > 1 && whole && { ensemble: true as const }),
    dimension,
    image,
    quantity: { kind, name: { exact: 'log-likelihood', bound: 'lower bound', loss: 'cross-entropy' }[kind] },
    reason: whole ? null : 'there are 2⁷⁸⁴ rows, too many to go through',
    sum,
    complete: true,
  };
}

/** Two Gaussians, in one variable or two. */
export function densityFrame(sides: 1 | 2): ProbabilityFrame {
  const random = RandomGenerator.seeded(29, 'density');
  const shown = sides === 1 ? 257 : 65;
  const gaussian = (x: number, mean: number) =>
    Math.exp(-0.5 * ((x - mean) / 0.6) ** 2) / (0.6 * Math.sqrt(2 * Math.PI));
  const at = (i: number) => -5 + (10 * i) / (shown - 1);
  const values = Float32Array.from({ length: shown ** sides }, (_, i) => {
    const [x, y] = [at(i % shown), at(Math.floor(i / shown))];
    const one = (mean: number) => gaussian(x, mean) * (sides === 2 ? gaussian(y, -mean) : 1);
    return 0.3 * one(-1.5) + 0.7 * one(1.5);
  });
  const points = Float32Array.from({ length: 60 * sides }, (_, i) => {
    const mean = Math.floor(i / sides) % 3 === 0 ? -1.5 : 1.5;
    return (i % sides === 0 ? mean : -mean) + 0.6 * random.normal();
  });
  const sum: GridSum = {
    over: 'grid',
    total: 0.99998,
    perMask: [{ mask: 0, total: 0.99998 }],
    given: null,
    context: null,
    entropy: sides * 1.6,
    variables: Int32Array.from({ length: sides }, (_, d) => d),
    low: new Array<number>(sides).fill(-5),
    high: new Array<number>(sides).fill(5),
    nodes: sides === 1 ? 8193 : 513,
    error: 2.1e-6,
    edge: 3.4e-9,
    half: 0.041,
    shown,
    values,
    points,
  };
  const quantity = { kind: 'exact', name: 'log-likelihood' } as const;
  return {
    kind: 'probability',
    ...shownOf(1),
    dimension: sides,
    image: null,
    quantity,
    reason: null,
    sum,
    complete: true,
  };
}

export function ensembleFrame(
  maskCount: number,
  o: { readonly shown?: Shown; readonly nats?: number } = {},
): EnsembleFrame {
  const random = RandomGenerator.seeded(31, 'ensemble');
  const nats = o.nats ?? 86.6;
  const single = Float64Array.from({ length: maskCount }, () => nats + 1.6 + 0.35 * random.normal());
  const curve = Float64Array.from({ length: maskCount }, (_, m) => nats + (single[0]! - nats) / (m + 1) ** 0.7);
  const room = (m: number) => 0.5 * (1 / (m + 1) - 1 / maskCount);
  return {
    kind: 'ensemble',
    ...(o.shown ?? shownOf(maskCount)),
    mask: 0,
    ...(maskCount > 1 && { ensemble: true as const }),
    reason: null,
    split: 'validation',
    rows: 2500,
    allRows: 10_000,
    single,
    curve,
    low: curve.map((value, m) => value - room(m)),
    high: curve.map((value, m) => value + room(m)),
    orders: maskCount > 1 ? 40 : 0,
    standardError: 0.31,
    gainError: 0.021,
    complete: true,
  };
}

/** Characters of a text, cheap where they are common. */
function madeUpCosts(): CharacterCosts {
  const characters = [' ', 'e', 't', '\n', 'J', 'é'];
  const counts = Float64Array.of(400, 300, 150, 100, 40, 10);
  const alone = counts.map((count) => -Math.log(count / 1000));
  return { characters, counts, alone, surprise: alone.map((own, i) => (i === 3 ? 0.05 : 0.7 * own + 0.1)) };
}

/** Pixels or variables that cost most in the middle; a few of them more than their conditionals expect. */
export function entropyFrame(
  o: MadeUp & { readonly order?: Int32Array; readonly real?: boolean; readonly text?: boolean },
): EntropyFrame {
  const { dimension, image = null, maskCount = 1, real = false } = o;
  const random = RandomGenerator.seeded(37, 'entropy');
  const side = image?.[1] ?? dimension;
  const low = real ? 0.8 : 0;
  const entropy = Float64Array.from({ length: dimension }, (_, d) => {
    const away = Math.hypot((d % side) - side / 2, image ? Math.floor(d / side) - side / 2 : 0) / (side / 2);
    return 0.62 * Math.exp(-2 * away * away) * (0.7 + 0.3 * random.uniform()) - low * random.uniform();
  });
  const error = entropy.map((own) => 0.01 * Math.sqrt(Math.abs(own)) + 1e-4);
  const surprise = entropy.map(
    (own, d) => own + error[d]! * (random.normal() + (d % 11 === 5 ? 8 : d % 17 === 3 ? -7 : 0)),
  );
  const nll = surprise.reduce((sum, own) => sum + own, 0);
  return {
    kind: 'entropy',
    ...(o.shown ?? shownOf(maskCount)),
    dimension,
    image,
    text: o.text ? madeUpCosts() : null,
    order: o.order ?? Int32Array.from({ length: dimension }, (_, d) => d + 1),
    reason: null,
    split: 'validation',
    rows: 2000,
    allRows: 10_000,
    real,
    surprise,
    entropy,
    error,
    marginal: entropy.map((own) => (real ? own + 0.6 : Math.min(Math.LN2, own * 1.4 + 0.01))),
    nll,
    nllError: 0.02 * Math.abs(nll),
    gap: nll - entropy.reduce((sum, own) => sum + own, 0),
    gapError: 0.004 * Math.abs(nll),
    complete: true,
  };
}
