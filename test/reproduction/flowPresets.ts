/**
 * Flows that `npm run reproduce` trains. MINIBOONE's training rows are not among the data: its validation rows are trained
 * on, a ninth as many, so that only the order of the models can be that of the publication.
 */
import type { ExperimentInput } from '../../src/spec/experiment.ts';
import type { Preset } from './presets.ts';

type Model = ExperimentInput['model'];

const PAPAMAKARIOS = 'Papamakarios, Pavlakou & Murray 2017';

const MINIBOONE_ROWS = '2,956 training rows for the paper’s 29,556';

function miniboone(
  name: string,
  model: Model,
  nats: number,
  o: { learningRate: number; weightDecay: number; note: string },
): Preset {
  const { learningRate, weightDecay, note } = o;
  return {
    name: `miniboone/${name}`,
    experiment: {
      model,
      data: { source: 'miniboone/val.npy', split: { train: 0.9, validation: 0.1, test: 0 } },
      training: { epochs: 400, batchSize: 100, patience: 30, weightDecay, optimizer: { type: 'adam', learningRate } },
      seed: 1,
    },
    test: 'miniboone/test.npy',
    published: { nats, source: PAPAMAKARIOS, checked: true },
    aim: null,
    note: `${MINIBOONE_ROWS}, ${note}`,
  };
}

const hidden = [100, 100];

/** In the published order, worst first. */
export const tabularFlows: readonly Preset[] = [
  miniboone('made', { type: 'made', hidden, conditional: { type: 'gaussian' } }, 15.59, {
    learningRate: 0.001,
    weightDecay: 1e-6,
    note: '100 + 100 hidden units',
  }),
  miniboone('realnvp', { type: 'realnvp', hidden, layers: 10 }, 13.84, {
    learningRate: 0.0005,
    weightDecay: 1e-6,
    note: '10 couplings, 100 + 100 hidden units',
  }),
  miniboone('made-mog', { type: 'made', hidden, conditional: { type: 'gaussian-mixture', components: 10 } }, 12.27, {
    learningRate: 0.001,
    weightDecay: 1e-6,
    note: '10 Gaussians, 100 + 100 hidden units',
  }),
  miniboone('maf', { type: 'maf', hidden, layers: 5 }, 11.75, {
    learningRate: 0.0005,
    weightDecay: 1e-6,
    note: '5 layers, 100 + 100 hidden units',
  }),
  miniboone('maf-mog', { type: 'maf', hidden, layers: 5, base: { type: 'made', components: 10 } }, 11.68, {
    learningRate: 0.0005,
    weightDecay: 1e-6,
    note: '5 layers and a MADE of 10 Gaussians, 100 + 100 hidden units',
  }),
];

const PIXELS = 28 * 28;
/** Nats a row of so many bits per dimension. */
const natsOf = (bitsPerDimension: number) => bitsPerDimension * PIXELS * Math.LN2;

function mnist(name: string, model: Model, bits: number, source: string, o: { epochs: number; note: string }): Preset {
  return {
    name: `mnist/${name}`,
    experiment: {
      model,
      data: {
        source: 'mnist/train-images-idx3-ubyte.gz',
        split: { train: 5 / 6, validation: 1 / 6, test: 0 },
        image: [28, 28],
      },
      training: {
        epochs: o.epochs,
        batchSize: 100,
        patience: 30,
        optimizer: { type: 'adam', learningRate: 0.0005 },
      },
      seed: 1,
    },
    test: 'mnist/t10k-images-idx3-ubyte.gz',
    pixels: PIXELS,
    published: { nats: natsOf(bits), source, checked: true },
    aim: null,
    note: o.note,
  };
}

export const imageFlows: readonly Preset[] = [
  mnist(
    'nice',
    { type: 'nice', hidden: [500, 500], split: 'even-odd', dequantise: { levels: 256 } },
    4.36,
    'Dinh, Krueger & Bengio 2014',
    { epochs: 20, note: '500 + 500 hidden units for five layers of 1,000, 20 epochs for 1,500' },
  ),
  mnist(
    'maf',
    { type: 'maf', hidden: [500], layers: 5, dequantise: { levels: 256, logit: 1e-6 } },
    1.89,
    PAPAMAKARIOS,
    { epochs: 4, note: '500 hidden units for 1,024, 4 epochs' },
  ),
];
