/** From the `data` entry of an experiment to rows: read or generate, split, binarise, check. */
import { generators, type DataSpec, type SplitName } from '../spec/data.ts';
import { imageOfShape } from '../spec/imageShape.ts';
import { binarize, rangeOf } from './binarize.ts';
import { DataError, type Dataset, type Matrix } from './dataset.ts';
import { generateRows } from './generated/index.ts';
import { readMatrix } from './read.ts';
import { splitNames, splitRows } from './split.ts';

/** The splits as they came from files or generators, with what is known of them. */
interface RawSplits {
  readonly train: Matrix;
  readonly validation: Matrix | null;
  readonly test: Matrix | null;
  readonly names: Readonly<Record<SplitName, string>>;
  readonly image: readonly [number, number] | null;
}

/**
 * Everything random (splits, stochastic binarisation, generated rows) follows from `seed` alone.
 *
 * @throws DataError naming the file, array, row and column, the value found and what would be right.
 */
export async function loadDataset(
  spec: DataSpec,
  o: { readonly baseFolder: string; readonly seed: number; readonly limitBytes?: number },
): Promise<Dataset> {
  const raw = await rawSplits(spec, o);
  const dimension = raw.train.columns;
  checkColumns(raw);
  const image = spec.image ?? raw.image;
  if (image !== null && image[0] * image[1] !== dimension) {
    throw new DataError(
      `${raw.names.train}: image is ${image[0]} × ${image[1]} = ${image[0] * image[1]} pixels; there are ${dimension} columns`,
    );
  }
  const range = spec.binarize === 'none' ? 1 : rangeOf(raw.train);
  const finish = (split: SplitName, matrix: Matrix): Matrix =>
    binarize(matrix, spec.binarize, { range, seed: o.seed, stream: split, where: raw.names[split] });
  return {
    dimension,
    image,
    train: finish('train', raw.train),
    validation: raw.validation && finish('validation', raw.validation),
    test: raw.test && finish('test', raw.test),
  };
}

async function rawSplits(
  spec: DataSpec,
  o: { readonly baseFolder: string; readonly seed: number; readonly limitBytes?: number },
): Promise<RawSplits> {
  const options = o.limitBytes === undefined ? {} : { limitBytes: o.limitBytes };
  const read = (location: string) => readMatrix(location, o.baseFolder, options);
  if ('train' in spec) {
    const train = await read(spec.train);
    return {
      train,
      validation: spec.validation === undefined ? null : await read(spec.validation),
      test: spec.test === undefined ? null : await read(spec.test),
      names: { train: spec.train, validation: spec.validation ?? 'validation', test: spec.test ?? 'test' },
      image: imageOfShape(train.shape),
    };
  }
  const [matrix, where, image] =
    'source' in spec
      ? await read(spec.source).then((rows) => [rows, spec.source, imageOfShape(rows.shape)] as const)
      : ([generateRows(spec.generate, spec.rows, o.seed), spec.generate, generators[spec.generate].image] as const);
  const { train, validation, test } = splitRows(matrix, spec.split, { seed: o.seed, where });
  if (train === null) throw new DataError(`${where}: split gives no row to train on`);
  const names = Object.fromEntries(splitNames.map((name) => [name, `${where} (${name})`])) as Record<SplitName, string>;
  return { train, validation, test, names, image };
}

function checkColumns(raw: RawSplits): void {
  for (const split of splitNames) {
    const matrix = raw[split];
    if (matrix !== null && matrix.columns !== raw.train.columns) {
      throw new DataError(
        `${raw.names[split]}: has ${matrix.columns} columns; the training rows (${raw.names.train}) have ${raw.train.columns}`,
      );
    }
  }
}
