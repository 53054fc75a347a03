/** What a schema cannot say of `data.context`: missing files, rows and columns that do not agree. */
import { complain, type Complaint } from './complaint.ts';
import { generators, type DataSpec, type SplitName } from './data.ts';
import { MOST_CLASSES } from './dataContext.ts';
import {
  arrayAt,
  columnsOf,
  contextLocationsOf,
  type ArrayFacts,
  type CheckContext,
  type ContextLocation,
} from './facts.ts';

/** Files are there and hold the array that is meant: that is checked with those of the rows. */
export function checkDataContext(data: DataSpec, context: CheckContext): Complaint[] {
  const files = contextLocationsOf(data);
  return [
    ...checkSplits(data, files),
    ...files.flatMap((file) => checkFile(data, file, context)),
    ...checkWidths(files, context),
    ...checkColumns(data, context),
  ];
}

/** A split without a file for what it is conditioned on, and the other way round. */
function checkSplits(data: DataSpec, files: readonly ContextLocation[]): Complaint[] {
  const [first] = files;
  if (!('train' in data) || first === undefined) return [];
  const path = ['data', 'context', first.kind];
  return (['validation', 'test'] as SplitName[]).flatMap((split) => {
    const given = files.find(({ of }) => of === split);
    const rows = data[split];
    if (rows !== undefined && given === undefined) {
      return [complain('error', path, `"${split}" is missing: the rows of ${rows} need ${first.kind}, too`, 'key')];
    }
    if (rows === undefined && given !== undefined) {
      return [complain('warning', given.path, `has no effect: data has no "${split}" rows`, 'key')];
    }
    return [];
  });
}

function checkFile(data: DataSpec, { kind, of, path, location }: ContextLocation, context: CheckContext): Complaint[] {
  const found = arrayAt(location, context);
  if (found === null) return [];
  const complaints: Complaint[] = [];
  if (kind === 'labels' && found.columns !== 1) {
    complaints.push(
      complain(
        'error',
        path,
        `${location} has ${found.columns} columns; labels are one whole number a row. What is one-hot already belongs ` +
          'under "values"',
      ),
    );
  }
  const wrong = kind === 'labels' ? wrongLabel(found, data) : null;
  if (wrong !== null) complaints.push(complain('error', path, `${location}, ${wrong}`));
  const owner = 'source' in data ? data.source : 'train' in data && of !== 'source' ? data[of] : undefined;
  const rows = owner === undefined ? null : (arrayAt(owner, context)?.rows ?? null);
  if (rows !== null && found.rows !== null && rows !== found.rows) {
    complaints.push(
      complain('error', path, `${location} has ${found.rows} rows; ${owner}, whose rows it belongs to, has ${rows}`),
    );
  }
  return complaints;
}

/** A label at the beginning of a file that is none. */
function wrongLabel({ columns, values }: ArrayFacts, { context }: DataSpec): string | null {
  if (values === undefined || columns !== 1) return null;
  const classes = context !== undefined && 'classes' in context ? context.classes : undefined;
  const end = classes ?? MOST_CLASSES;
  const cell = values.notLevel ?? (values.largest !== null && values.largest.value >= end ? values.largest : null);
  if (cell === null) return null;
  const right = classes === undefined ? '0 … K − 1' : `0 … ${classes - 1}, since "classes" is ${classes}`;
  return `row ${cell.row + 1}: is ${cell.value}; labels are whole numbers ${right}`;
}

function checkWidths(files: readonly ContextLocation[], context: CheckContext): Complaint[] {
  const train = files.find(({ of, kind }) => of === 'train' && kind === 'values');
  const columns = train && arrayAt(train.location, context)?.columns;
  if (train === undefined || columns === undefined) return [];
  return files.flatMap(({ path, location }) => {
    const found = arrayAt(location, context)?.columns;
    if (found === undefined || found === columns) return [];
    return [
      complain('error', path, `${location} has ${found} columns; ${train.location}, for training, has ${columns}`),
    ];
  });
}

/** Columns that the rows do not have, columns named twice, and none left. */
function checkColumns(data: DataSpec, context: CheckContext): Complaint[] {
  const spec = data.context;
  if (spec === undefined || !('columns' in spec || 'labelColumn' in spec)) return [];
  const width = columnsOf(data, context);
  const path = ['data', 'context', 'columns' in spec ? 'columns' : 'labelColumn'];
  const named = 'columns' in spec ? spec.columns : [spec.labelColumn];
  const complaints = named.flatMap((column, i) => {
    const at = 'columns' in spec ? [...path, i] : path;
    if (width !== null && column >= width) {
      return [complain('error', at, `there is no column ${column}: the rows have ${width}, 0 … ${width - 1}`)];
    }
    return named.indexOf(column) < i ? [complain('error', at, `column ${column} is named twice`)] : [];
  });
  if (width !== null && complaints.length === 0 && named.length === width) {
    complaints.push(
      complain('error', path, `all ${width} columns are conditioned on; none is left to be modelled`, 'key'),
    );
  }
  if (complaints.length === 0 && 'generate' in data && 'labelColumn' in spec) {
    const { values } = generators[data.generate];
    if (values === 'real') {
      complaints.push(
        complain('error', path, `"${data.generate}" has real values, no labels; its own ones are { "labels": "own" }`),
      );
    }
  }
  return complaints;
}
