/** What a schema cannot say of `data` and `training`: files and arrays that are not there, sizes that do not agree. */
import { alternatives, complain, shown, type Complaint, type JsonPath } from './complaint.ts';
import { generators, type DataSpec, type RowsSpec } from './data.ts';
import { checkDataContext } from './contextChecks.ts';
import { checkLayout } from './layoutChecks.ts';
import { checkDataLabels } from './labelChecks.ts';
import { arrayAt, columnsTaken, dimensionOf, filesOf, locationsOf, trainingRows, type CheckContext } from './facts.ts';
import { sizeText, variablesIn } from './imageShape.ts';
import { parseLocation } from './location.ts';
import type { ModelEntry } from './models/entry.ts';
import { FEWEST_NORMALISED_ROWS } from './models/flowKeys.ts';
import { meansInUnit, models, readsText, realBy, supportOf, takesContext, type ModelSpec } from './models/index.ts';
import { suggestion } from './nearest.ts';
import { canScore, supportText } from './support.ts';
import { checkText } from './textChecks.ts';
import type { TrainingSpec } from './training.ts';
import { outsideOf, outsideText, outsideUnitText, valueAdvice } from './valueWords.ts';

/** @param model null where it is not known. */
export function checkData(data: DataSpec, model: ModelSpec | null, context: CheckContext): Complaint[] {
  if ('text' in data) return [...checkText(data, model, context), ...checkSplit(data)];
  // What else would be said of values is beside the point.
  const scored = model !== null && readsText(model) ? null : model;
  return [
    ...checkReads(model),
    ...filesOf(data).flatMap(({ path, location, labels }) => checkLocation(path, location, context, labels)),
    ...checkAgreement(data, context),
    ...checkDataContext(data, context),
    ...checkDataLabels(data, context),
    ...checkConditional(data, scored),
    ...checkValues(data, scored, context),
    ...checkUnit(data, scored, context),
    ...checkScale(data, scored),
    ...checkSplit(data),
    ...checkImage(data, context),
    ...checkLayout(data, context),
    ...checkGenerated(data, scored),
  ];
}

/** A model of text for data that are none. */
function checkReads(model: ModelSpec | null): Complaint[] {
  if (model === null || !readsText(model)) return [];
  const problem =
    `a ${shown(model.type)} reads text, and these data are rows of numbers: give "data": { "text": "input.txt" }, or take ` +
    'a model of rows';
  return [complain('error', ['model', 'type'], problem)];
}

/** @param labels Whether they are labels, which may be a column of a text. */
function checkLocation(path: JsonPath, location: string, { files }: CheckContext, labels = false): Complaint[] {
  const { file, array } = parseLocation(location);
  const facts = files?.get(file);
  if (facts === undefined) return [];
  if (facts.problem !== null || !facts.exists) {
    return [complain('error', path, facts.problem ?? `${file}: there is no such file`)];
  }
  const names = facts.arrays.flatMap(({ name }) => (name === null ? [] : [name]));
  if (names.length === 0) {
    const isColumn = labels && facts.arrays.every(({ dtype }) => dtype === 'text');
    return array === null || isColumn
      ? []
      : [complain('error', path, `${file} holds one array; leave out "#${array}"`)];
  }
  const listed = names.map(shown).join(', ');
  if (array !== null && !names.includes(array)) {
    return [complain('error', path, `${file} has no array "${array}"${suggestion(array, names)}; there are ${listed}`)];
  }
  if (array === null && names.length > 1) {
    return [
      complain('error', path, `${file} holds ${names.length} arrays, ${listed}; pick one: "${file}#${names[0]!}"`),
    ];
  }
  return [];
}

/** Columns that differ between splits, and one array used for two of them. */
function checkAgreement(data: RowsSpec, context: CheckContext): Complaint[] {
  if (!('train' in data)) return [];
  const complaints: Complaint[] = [];
  const train = arrayAt(data.train, context);
  const used = new Map<string, string>();
  for (const { key, location } of locationsOf(data)) {
    const earlier = used.get(location);
    if (earlier !== undefined) {
      complaints.push(
        complain(
          'warning',
          ['data', key],
          `${key} names the same array as ${earlier}: its figures will say nothing new`,
        ),
      );
    }
    used.set(location, key);
    const columns = arrayAt(location, context)?.columns;
    if (train !== null && columns !== undefined && columns !== train.columns) {
      complaints.push(
        complain('error', ['data', key], `${location} has ${columns} columns; the training rows have ${train.columns}`),
      );
    }
  }
  return complaints;
}

/** Values at the beginning of a file that the model cannot score; the rest is seen when training starts. */
function checkValues(data: RowsSpec, model: ModelSpec | null, context: CheckContext): Complaint[] {
  if (model === null || data.binarize !== 'none') return [];
  const support = supportOf(model);
  const taken = columnsTaken(data);
  return locationsOf(data).flatMap(({ key, location }) => {
    const values = arrayAt(location, context)?.values;
    const cell = values && outsideOf(values, support);
    // Of columns that are conditioned on the model scores nothing, and no other value is known.
    if (!cell || taken.has(cell.column)) return [];
    return [
      complain(
        'error',
        ['data', key],
        outsideText(location, cell, support) + valueAdvice(values, support, realBy(model)),
      ),
    ];
  });
}

/** Values at the beginning of a file that means between 0 and 1 cannot come to; the rest is seen when training starts. */
function checkUnit(data: RowsSpec, model: ModelSpec | null, context: CheckContext): Complaint[] {
  if (model === null || data.binarize !== 'none' || !meansInUnit(model)) return [];
  if ('generate' in data) {
    if (generators[data.generate].values === 'binary') return [];
    const problem = `"${data.generate}" has values below 0 and above 1; the means of the model are held between them by a sigmoid: set "mean" to "linear" in "output"`;
    return [complain('error', ['data', 'generate'], problem)];
  }
  const taken = columnsTaken(data);
  return locationsOf(data).flatMap(({ key, location }) => {
    const cell = arrayAt(location, context)?.values?.notUnit;
    // Of values that are scaled none comes to lie above 1, but those below 0 stay there.
    if (!cell || taken.has(cell.column) || (data.scale === 'unit' && cell.value > 1)) return [];
    return [complain('error', ['data', key], outsideUnitText(location, cell, { scaled: false }))];
  });
}

/** A scale that nothing comes of, or that spoils whole levels. */
function checkScale({ scale, binarize }: RowsSpec, model: ModelSpec | null): Complaint[] {
  if (scale === undefined) return [];
  if (binarize !== 'none') {
    return [complain('warning', ['data', 'scale'], 'scale has no effect: the values are made binary', 'key')];
  }
  const support = model === null ? 'real' : supportOf(model);
  if (support === 'real') return [];
  return [
    complain(
      'error',
      ['data', 'scale'],
      `scale brings values between 0 and 1; this "${model!.type}" scores ${supportText(support)}: leave it out` +
        (model === null || realBy(model) === null ? '' : `, or set ${realBy(model)} in "model"`),
      'key',
    ),
  ];
}

/** A context for a model that knows none. */
function checkConditional({ context }: RowsSpec, model: ModelSpec | null): Complaint[] {
  if (context === undefined || model === null || takesContext(model)) return [];
  const others = Object.entries(models).flatMap(([type, entry]: [string, ModelEntry]) =>
    entry.takesContext ? [shown(type)] : [],
  );
  return [
    complain(
      'error',
      ['data', 'context'],
      `"${model.type}" is a model of p(x) and knows no context; leave it out, or take ${alternatives(others)}`,
      'key',
    ),
  ];
}

function checkSplit(data: DataSpec): Complaint[] {
  if (!('split' in data)) return [];
  const { train, validation, test } = data.split;
  const sum = train + validation + test;
  if (sum > 1 + 1e-9) {
    return [
      complain(
        'error',
        ['data', 'split'],
        `the shares add up to ${Number(sum.toFixed(6))} (train ${train}, validation ${validation}, test ${test}, defaults ` +
          'included); together they are at most 1',
        'key',
      ),
    ];
  }
  return train === 0 ? [complain('error', ['data', 'split', 'train'], 'train is 0: no row is left to train on')] : [];
}

function checkImage(data: RowsSpec, context: CheckContext): Complaint[] {
  if (data.image === undefined) return [];
  const { image } = data;
  const size = variablesIn(image);
  const columns = dimensionOf(data, context);
  if (columns === null || columns === size) return [];
  const [height, width] = image;
  const hint = columns === 3 * height * width ? `; colour images of three channels are [${height}, ${width}, 3]` : '';
  const what = image.length === 2 ? 'pixels' : 'variables';
  return [
    complain(
      'error',
      ['data', 'image'],
      `image is ${sizeText(image)} = ${size} ${what}; the data has ${columns} columns${hint}`,
    ),
  ];
}

function checkGenerated(data: RowsSpec, model: ModelSpec | null): Complaint[] {
  if (!('generate' in data) || model === null) return [];
  const support = supportOf(model);
  if (canScore(support, generators[data.generate].values)) return [];
  const others = Object.entries(generators).flatMap(([name, { values }]) =>
    canScore(support, values) ? [shown(name)] : [],
  );
  return [
    complain(
      'error',
      ['data', 'generate'],
      `"${data.generate}" has real values; this ${shown(model.type)} scores ${supportText(support)}. ` +
        (realBy(model) === null ? 'Generate ' : `Set ${realBy(model)} in "model", generate `) +
        `${alternatives(others)}, or use a file of ${support === 'binary' ? 'binary data' : 'such data'}`,
    ),
  ];
}

/**
 * @param model null where it is not known.
 * @param written Keys of `training` that stand in the file.
 */
export function checkTraining(
  training: TrainingSpec,
  data: DataSpec | null,
  model: ModelSpec | null,
  written: ReadonlySet<string>,
  context: CheckContext,
): Complaint[] {
  const complaints: Complaint[] = checkNormalised(training, model);
  const rows = data === null ? null : trainingRows(data, context);
  // Without any row something else is wrong, and told.
  if (rows !== null && rows > 0 && training.batchSize > rows) {
    complaints.push(
      complain(
        'warning',
        ['training', 'batchSize'],
        `batchSize is ${training.batchSize}; there are ${rows} rows to train on, so that every epoch is a single step`,
      ),
    );
  }
  if (data !== null && written.has('patience') && !hasValidation(data)) {
    complaints.push(
      complain('warning', ['training', 'patience'], 'patience has no effect: data gives no validation rows', 'key'),
    );
  }
  const { optimizer } = training;
  if (optimizer.type === 'sgd' && optimizer.nesterov && optimizer.momentum === 0) {
    complaints.push(
      complain('warning', ['training', 'optimizer', 'nesterov'], 'nesterov has no effect: momentum is 0', 'key'),
    );
  }
  return complaints;
}

/** Of images a channel's places count as rows do. */
function checkNormalised({ batchSize }: TrainingSpec, model: ModelSpec | null): Complaint[] {
  if (model === null || !('batchNorm' in model && model.batchNorm)) return [];
  if (('image' in model && model.image !== undefined) || batchSize >= FEWEST_NORMALISED_ROWS) return [];
  const advice = `take ${FEWEST_NORMALISED_ROWS} rows or more (100 unless told), or set model.batchNorm to false`;
  const message =
    batchSize === 1
      ? `batchSize is 1; a single row has no variance that batch normalisation could go by, and nothing is learnt: ${advice}`
      : `batchSize is ${batchSize}; batch normalisation goes by the means and variances of a step's rows, and those of ` +
        `${batchSize} say little: ${advice}`;
  return [complain(batchSize === 1 ? 'error' : 'warning', ['training', 'batchSize'], message)];
}

function hasValidation(data: DataSpec): boolean {
  return 'train' in data ? data.validation !== undefined : data.split.validation > 0;
}
