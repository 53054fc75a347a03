/**
 * Models of characters and of pixels that `npm run reproduce` trains: an LSTM on Tiny Shakespeare (Karpathy 2015, "The
 * unreasonable effectiveness of recurrent neural networks"), and van den Oord, Kalchbrenner & Kavukcuoglu 2016, table 4.
 */
import type { ExperimentInput } from '../../src/spec/experiment.ts';
import { binarizedMnist } from './binarizedMnist.ts';
import type { Preset } from './presets.ts';

/** T of the texts: characters of a row. */
const LENGTH = 50;

const text: ExperimentInput['data'] = {
  text: 'tinyshakespeare/input.txt',
  length: LENGTH,
  split: { train: 0.9, validation: 0.05, test: 0.05 },
};

const characters = (
  name: string,
  o: { hidden: number[]; epochs: number; dropout: number; note: string; onRequest?: string },
): Preset => ({
  name: `tinyshakespeare/${name}`,
  experiment: {
    model: { type: 'char-rnn', cell: 'lstm', hidden: o.hidden, dropout: o.dropout },
    data: text,
    training: {
      epochs: o.epochs,
      batchSize: 50,
      patience: 5,
      clip: 5,
      optimizer: { type: 'adam', learningRate: 0.002 },
    },
    seed: 1,
  },
  published: { nats: 1.47 * LENGTH, source: 'two layers of 512 units', checked: false },
  aim: null,
  characters: LENGTH,
  note: o.note,
  ...(o.onRequest !== undefined && { onRequest: o.onRequest }),
});

const TABLE = 'van den Oord et al. 2016';

type Pixels = Extract<ExperimentInput['model'], { type: 'pixelcnn' | 'pixelrnn' }>;

const pixels = (
  name: string,
  model: Pixels,
  o: { nats: number; checked: boolean; epochs: number; batchSize: number; note: string; paper?: boolean },
): Preset => ({
  name: `binarized-mnist/${name}`,
  experiment: {
    model,
    data: binarizedMnist,
    training: {
      epochs: o.epochs,
      batchSize: o.batchSize,
      patience: 30,
      optimizer: o.paper ? { type: 'rmsprop', learningRate: 0.001 } : { type: 'adam', learningRate: 0.002 },
    },
    seed: 1,
  },
  published: { nats: o.nats, source: TABLE, checked: o.checked },
  aim: null,
  note: o.note,
  ...(o.paper && { onRequest: 'the paper’s own size, which needs a GPU' }),
});

const image: [number, number] = [28, 28];
const small = { image, features: 32, layers: 2, head: 32, firstKernel: 7 };
const PAPER = 'RMSProp, batch 16, as in the paper';

const diagonal = { nats: 79.2, checked: true };
const row = { nats: 80.54, checked: false };
const cnn = { nats: 81.3, checked: true };

export const sequences: readonly Preset[] = [
  characters('lstm', {
    hidden: [256],
    epochs: 20,
    dropout: 0,
    note: 'one layer of 256 units for two of 512, back-propagation through 50 characters',
  }),
  characters('paper-lstm', {
    hidden: [512, 512],
    epochs: 50,
    dropout: 0.5,
    note: 'two layers of 512 units, dropout 0.5',
    onRequest: 'the size of the figure it is held against, which needs a GPU',
  }),
  pixels(
    'pixelcnn',
    { type: 'pixelcnn', stacks: 'single', ...small, layers: 4 },
    { ...cnn, epochs: 10, batchSize: 50, note: 'four residual blocks of 32 maps for seven, 10 epochs' },
  ),
  pixels(
    'row-lstm',
    { type: 'pixelrnn', cell: 'row-lstm', ...small },
    { ...row, epochs: 10, batchSize: 50, note: 'two layers of 16 units, 10 epochs' },
  ),
  pixels(
    'diagonal-bilstm',
    { type: 'pixelrnn', cell: 'diagonal-bilstm', ...small },
    { ...diagonal, epochs: 10, batchSize: 50, note: 'two layers of 16 units for seven, 10 epochs' },
  ),
  pixels(
    'paper-pixelcnn',
    { type: 'pixelcnn', stacks: 'single', image, features: 32, layers: 7, head: 32 },
    { ...cnn, epochs: 1000, batchSize: 16, note: `seven residual blocks, h = 16; ${PAPER}`, paper: true },
  ),
  pixels(
    'paper-row-lstm',
    { type: 'pixelrnn', cell: 'row-lstm', image, features: 32, layers: 7, head: 32 },
    { ...row, epochs: 1000, batchSize: 16, note: `seven layers, h = 16; ${PAPER}`, paper: true },
  ),
  pixels(
    'paper-diagonal-bilstm',
    { type: 'pixelrnn', cell: 'diagonal-bilstm', image, features: 32, layers: 7, head: 32 },
    { ...diagonal, epochs: 1000, batchSize: 16, note: `seven layers, h = 16; ${PAPER}`, paper: true },
  ),
];
