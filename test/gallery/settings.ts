/** What the gallery trains, and what is kept of it. */
import type { GeneratorName } from '../../src/spec/data.ts';
import type { ExperimentInput } from '../../src/spec/experiment.ts';

/** The generated densities of the plane, in the order of the page; more epochs where a fit is slow to come. */
export const shown = {
  'two-moons': { title: 'Two moons', epochs: 40 },
  rings: { title: 'Rings', epochs: 40 },
  checkerboard: { title: 'Checkerboard', epochs: 40 },
  'eight-gaussians': { title: 'Eight Gaussians', epochs: 80 },
  pinwheel: { title: 'Pinwheel', epochs: 80 },
  'two-spirals': { title: 'Spirals', epochs: 40 },
} as const satisfies Partial<Record<GeneratorName, object>>;

export type Density = keyof typeof shown;
export const densities = Object.keys(shown) as Density[];

export const models = {
  RealNVP: { type: 'realnvp', layers: 8, hidden: [64, 64], batchNorm: false },
  MAF: { type: 'maf', layers: 8, hidden: [64, 64], batchNorm: false, scale: 'tanh' },
} as const satisfies Record<string, ExperimentInput['model']>;

export type ModelName = keyof typeof models;
export const modelNames = Object.keys(models) as ModelName[];

export const training = {
  batchSize: 500,
  patience: 1000,
  optimizer: { type: 'adam', learningRate: 0.002 },
} as const satisfies ExperimentInput['training'];

export const data = { rows: 40_000, split: { train: 0.75, validation: 0.125, test: 0.125 } } as const;

/** Rows in a picture. */
export const DRAWN_ROWS = 20_000;

/** One flow trained on one density; nats throughout. */
export interface Learnt {
  /** Mean test NLL. */
  readonly nats: number;
  /** H of the true density. */
  readonly entropy: number;
  /** Mean of log p(x) − log q(x) over the test rows, p the truth: an estimate of KL(p ‖ q), and its standard error. */
  readonly gap: number;
  readonly standardError: number;
  readonly testRows: number;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly minutes: number;
  readonly date: string;
}

/** By `<density>/<model>`. */
export type Kept = Readonly<Record<string, Learnt>>;
