/** From the `data` entry of an experiment to rows: read or generate, condition, split, binarise, check. */
import { generators, type DataSpec, type RowsSpec, type SplitName } from '../spec/data.ts';
import { columnsOfContext, columnsTaken, contextLocationsOf, labelColumnOf, labelLocationsOf } from '../spec/facts.ts';
import { layoutFault } from '../spec/layoutChecks.ts';
import { hasPlanes, imageOfShape, type ImageSize, sizeText, variablesIn } from '../spec/imageShape.ts';
import { binarize, rangeOf, scaled, withChances } from './binarize.ts';
import { loadText } from './characters/textStream.ts';
import { checkLabels, classesOf, conditionedOn, conditionedOnColumns, oneHot } from './context.ts';
import { DataError, type ContextFacts, type Dataset, type Labels, type Matrix } from './dataset.ts';
import { generateLabelledRows } from './generated/index.ts';
import { classified, columnOf, labelsOfColumn, readLabels, type RawLabels } from './labels.ts';
import { pixelByPixel, withContext } from './matrix.ts';
import { DEFAULT_LIMIT_BYTES, readMatrix, type ShapedMatrix } from './read.ts';
import { splitNames, splitRows } from './split.ts';

export interface LoadOptions {
  readonly baseFolder: string;
  readonly seed: number;
  readonly limitBytes?: number;
}

/** What each split is called in messages: where its rows come from, and what they are conditioned on. */
type Names = Readonly<Record<SplitName, string>>;

/** The splits as they came from files or generators, with what is known of them; labels are not yet one-hot. */
interface RawSplits {
  readonly train: Matrix;
  readonly validation: Matrix | null;
  readonly test: Matrix | null;
  readonly names: Names;
  readonly contextNames: Names;
  readonly image: ImageSize | null;
  /** K where the rows have labels. */
  readonly classes: number | null;
  /** Labels that no model is given. */
  readonly labels: Labels | null;
}

/**
 * Everything random (splits, stochastic binarisation, generated rows) follows from `seed` alone.
 *
 * @throws DataError naming the file, array, row and column, the value found and what would be right.
 */
export async function loadDataset(spec: DataSpec, o: LoadOptions): Promise<Dataset> {
  if ('text' in spec) return loadText(spec, o);
  const raw = await rawSplits(spec, o);
  const dimension = raw.train.columns;
  checkColumns(raw);
  const image = spec.image ?? raw.image;
  if (image !== null && variablesIn(image) !== dimension) {
    const what = image.length === 2 ? 'pixels' : 'variables';
    throw new DataError(
      `${raw.names.train}: image is ${sizeText(image)} = ${variablesIn(image)} ${what}; there are ${dimension} columns`,
    );
  }
  if (raw.classes === 1) {
    throw new DataError(`${raw.contextNames.train}: every label is 0; there is nothing to condition on`);
  }
  const unit = spec.scale === 'unit' && spec.binarize === 'none';
  const range = spec.binarize === 'none' && !unit ? 1 : rangeOf(raw.train);
  const limit = o.limitBytes ?? DEFAULT_LIMIT_BYTES;
  const finish = (split: SplitName, matrix: Matrix): Matrix => {
    const once = binarize(matrix, spec.binarize, { range, seed: o.seed, stream: split, where: raw.names[split] });
    const fresh = spec.binarize === 'dynamic' && split === 'train';
    const rows = unit ? scaled(matrix, range) : fresh ? withChances(once, matrix, range) : once;
    if (raw.classes === null || rows.context === undefined) return rows;
    return withContext(rows, oneHot(rows.context, raw.classes, raw.contextNames[split], limit));
  };
  const train = finish('train', raw.train);
  return {
    dimension,
    image,
    train,
    validation: raw.validation && finish('validation', raw.validation),
    test: raw.test && finish('test', raw.test),
    ...(train.context && { context: contextFacts(train.context, raw.classes, spec) }),
    ...(raw.labels && { labels: raw.labels }),
    ...(spec.binarize !== 'none' && { binarized: spec.binarize }),
  };
}

/** Labels that generated rows come with and that no model is given; null for others. */
function ownLabels(spec: Extract<RowsSpec, { generate: string }>, seed: number): Labels | null {
  const { labels: names } = generators[spec.generate];
  if (spec.context !== undefined || names.length < 2) return null;
  const { labels } = generateLabelledRows(spec.generate, spec.rows, seed);
  return { train: Int32Array.from(labels.values), validation: null, test: null, count: names.length, names };
}

/** Labels of one source, dealt out as its rows are: by their number and the seed. */
function dealt(
  labels: Labels | null,
  spec: Exclude<RowsSpec, { train: string }>,
  o: { readonly seed: number; readonly where: string },
): Labels | null {
  if (labels === null) return null;
  const { train, validation, test } = splitRows(columnOf(labels.train), spec.split, o);
  const numbers = (of: Matrix | null) => of && Int32Array.from(of.values);
  return { ...labels, train: numbers(train)!, validation: numbers(validation), test: numbers(test) };
}

function contextFacts({ columns }: Matrix, classes: number | null, spec: RowsSpec): ContextFacts {
  const own = 'generate' in spec && spec.context !== undefined && 'labels' in spec.context;
  return {
    kind: classes === null ? 'values' : 'labels',
    size: columns,
    ...(own && { names: generators[spec.generate].labels }),
  };
}

async function rawSplits(spec: RowsSpec, o: LoadOptions): Promise<RawSplits> {
  if ('train' in spec) return splitFiles(spec, o);
  const { matrix, image, classes, where, labels } =
    'source' in spec ? await oneSource(spec, o) : generated(spec, o.seed);
  const { train, validation, test } = splitRows(matrix, spec.split, { seed: o.seed, where });
  if (train === null) throw new DataError(`${where}: split gives no row to train on`);
  const names = Object.fromEntries(splitNames.map((name) => [name, `${where} (${name})`])) as Record<SplitName, string>;
  const own = dealt(labels, spec, { seed: o.seed, where });
  return { train, validation, test, names, contextNames: names, image, classes, labels: own };
}

type Read = (location: string) => Promise<ShapedMatrix>;

/** Images pixel by pixel. @param spec what arrays must not contradict that tell by their shape how colours lie */
function reader({ baseFolder, limitBytes }: LoadOptions, spec: RowsSpec): Read {
  return async (location) => {
    const rows = await readMatrix(location, baseFolder, limitBytes === undefined ? {} : { limitBytes });
    const { layout } = { layout: undefined, ...spec };
    const fault = layout !== undefined && rows.shape.length > 2 && layoutFault(layout, spec.image, rows.shape);
    if (fault) throw new DataError(`${location}: ${fault}`);
    return hasPlanes(rows.shape) ? pixelByPixel(rows) : rows;
  };
}

/** Files already split. The classes are those of the training rows unless the experiment counts them. */
async function splitFiles(spec: Extract<RowsSpec, { train: string }>, o: LoadOptions): Promise<RawSplits> {
  const read = reader(o, spec);
  const labels: Record<SplitName, RawLabels | null> = { train: null, validation: null, test: null };
  const names = { train: spec.train, validation: spec.validation ?? 'validation', test: spec.test ?? 'test' };
  const contexts = contextLocationsOf(spec);
  const load = async (split: SplitName, location: string): Promise<Conditioned> => {
    const rows = await read(location);
    labels[split] = await labelsOf(rows, spec, { of: split, where: location, o });
    const file = contexts.find(({ of }) => of === split);
    if (file === undefined && contexts.length > 0) {
      throw new DataError(
        `${location}: what its rows are conditioned on is missing; name a file under "context", "${contexts[0]!.kind}", "${split}"`,
      );
    }
    return conditioned(rows, spec, { where: location, file: file?.location ?? null, read });
  };
  const train = await load('train', spec.train);
  const held = async (split: SplitName) => (spec[split] === undefined ? null : (await load(split, spec[split])).matrix);
  const [validation, test] = [await held('validation'), await held('test')];
  return {
    train: train.matrix,
    validation,
    test,
    labels: labels.train && classified(labels, spec.labels?.names),
    names,
    contextNames: { ...names, ...Object.fromEntries(contexts.map(({ of, location }) => [of, location])) },
    image: train.image,
    classes: classesIn(train.matrix, spec.context),
  };
}

/** Rows with what they are conditioned on, labels as they are; the size of the image where a row is still one. */
interface Conditioned {
  readonly matrix: Matrix;
  readonly image: ImageSize | null;
}

interface Source extends Conditioned {
  readonly where: string;
  readonly classes: number | null;
  /** Of all rows, as if they were to be trained on. */
  readonly labels: Labels | null;
}

/** One file to be split. The classes are those of all its rows: a rare one may be missing among those to train on. */
async function oneSource(spec: Extract<RowsSpec, { source: string }>, o: LoadOptions): Promise<Source> {
  const [file] = contextLocationsOf(spec);
  const read = reader(o, spec);
  const all = await read(spec.source);
  const raw = await labelsOf(all, spec, { of: 'source', where: spec.source, o });
  const rows = await conditioned(all, spec, { where: spec.source, file: file?.location ?? null, read });
  return {
    ...rows,
    where: spec.source,
    classes: classesIn(rows.matrix, spec.context),
    labels: raw && classified({ train: raw, validation: null, test: null }, spec.labels?.names),
  };
}

/** Labels to show these rows by, from their file or column; null where there are none. */
async function labelsOf(
  rows: ShapedMatrix,
  spec: RowsSpec,
  { of, where, o }: { readonly of: SplitName | 'source'; readonly where: string; readonly o: LoadOptions },
): Promise<RawLabels | null> {
  const column = labelColumnOf(spec);
  if (column !== null) return labelsOfColumn(rows, column, where);
  const file = labelLocationsOf(spec).find((one) => one.of === of);
  return file === undefined ? null : readLabels(file.location, { ...o, rows: rows.rows, of: where });
}

function generated(spec: Extract<RowsSpec, { generate: string }>, seed: number): Source {
  const { generate, context } = spec;
  const { matrix, labels } = generateLabelledRows(generate, spec.rows, seed);
  const { image, labels: names } = generators[generate];
  if (context !== undefined && 'labels' in context) {
    const rows = { ...matrix, context: labels };
    return { matrix: rows, where: generate, image, classes: names.length, labels: null };
  }
  const rows = conditionedOnOwn(matrix, spec, generate);
  const left = columnsTaken(spec).size > 0 ? null : image;
  const classes = classesIn(rows, context);
  return { matrix: rows, where: generate, image: left, classes, labels: ownLabels(spec, seed) };
}

/** Reads what rows are conditioned on from `file`, or takes it out of the rows themselves. */
async function conditioned(
  rows: ShapedMatrix,
  spec: RowsSpec,
  { where, file, read }: { readonly where: string; readonly file: string | null; readonly read: Read },
): Promise<Conditioned> {
  if (file !== null) {
    const context = await read(file);
    if (spec.context && 'labels' in spec.context)
      checkLabels(context, { where: file, classes: countedIn(spec.context) });
    const names = { rows: where, context: file };
    const left = columnsTaken(spec).size > 0;
    const own = left ? conditionedOnOwn(rows, spec, where) : rows;
    return {
      matrix: laidOut(conditionedOn(own, context, names), spec, rows.shape, where),
      image: left ? null : imageOfShape(rows.shape),
    };
  }
  const image = columnsTaken(spec).size > 0 ? null : imageOfShape(rows.shape);
  return { matrix: laidOut(conditionedOnOwn(rows, spec, where), spec, rows.shape, where), image };
}

/**
 * Flat rows of colours as `layout` says they lie, pixel after pixel; rows of arrays that are images by their shape lie so already.
 * Of other sizes than `image` says they are left: that is said with the numbers of both.
 */
function laidOut(rows: Matrix, spec: RowsSpec, shape: readonly number[], where: string): Matrix {
  const { layout, image } = { layout: undefined, ...spec };
  if (layout === undefined || shape.length > 2) return rows;
  const fault = layoutFault(layout, image, shape);
  if (fault !== null) throw new DataError(`${where}: ${fault}`);
  if (layout === 'pixels' || variablesIn(image!) !== rows.columns) return rows;
  const [height, width] = image!;
  return { ...rows, values: pixelByPixel({ ...rows, shape: [rows.rows, 3, height, width] }).values };
}

/** Rows without the columns that are labels or conditioned on, these as their context; as they are where there are none. */
function conditionedOnOwn(rows: Matrix, spec: RowsSpec, where: string): Matrix {
  const { context } = spec;
  if (columnsTaken(spec).size === 0) return rows;
  const label = labelColumnOf(spec);
  const result = conditionedOnColumns(rows, columnsOfContext(spec), where, label === null ? [] : [label]);
  if (context !== undefined && 'labelColumn' in context) {
    checkLabels(result.context!, { where, column: context.labelColumn, classes: context.classes });
  }
  return result;
}

type ContextSpec = NonNullable<RowsSpec['context']>;

/** K: as many as the experiment says, else as these rows' labels need; null where the context is no label. */
function classesIn({ context: labels }: Matrix, context: ContextSpec | undefined): number | null {
  if (context === undefined || labels === undefined || 'columns' in context || 'values' in context) return null;
  return countedIn(context) ?? classesOf(labels);
}

function countedIn(context: ContextSpec): number | undefined {
  return 'classes' in context ? context.classes : undefined;
}

function checkColumns(raw: RawSplits): void {
  for (const split of splitNames) {
    const matrix = raw[split];
    if (matrix === null) continue;
    if (matrix.columns !== raw.train.columns) {
      throw new DataError(
        `${raw.names[split]}: has ${matrix.columns} columns; the training rows (${raw.names.train}) have ${raw.train.columns}`,
      );
    }
    if (matrix.context?.columns !== raw.train.context?.columns) {
      throw new DataError(
        `${raw.contextNames[split]}: has ${matrix.context?.columns ?? 0} columns to condition on; those of the training ` +
          `rows (${raw.contextNames.train}) have ${raw.train.context?.columns ?? 0}`,
      );
    }
  }
}
