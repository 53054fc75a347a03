/** What a schema cannot say of `data.labels`: missing files, rows that do not agree, columns that are not there. */
import { complain, type Complaint } from './complaint.ts';
import type { DataSpec, SplitName } from './data.ts';
import {
  arrayAt,
  columnsOf,
  columnsTaken,
  labelColumnOf,
  labelLocationsOf,
  type CheckContext,
  type LabelLocation,
} from './facts.ts';

/** That files are there is checked with those of the rows. */
export function checkDataLabels(data: DataSpec, context: CheckContext): Complaint[] {
  const files = labelLocationsOf(data);
  return [
    ...checkSplits(data, files),
    ...files.flatMap((file) => checkFile(data, file, context)),
    ...checkColumn(data, context),
  ];
}

function checkSplits(data: DataSpec, files: readonly LabelLocation[]): Complaint[] {
  if (!('train' in data) || files.length === 0) return [];
  return (['validation', 'test'] as SplitName[]).flatMap((split) => {
    const given = files.find(({ of }) => of === split);
    if (data[split] !== undefined && given === undefined && split === 'validation') {
      const problem = `"${split}" is missing: the rows of ${data[split]} are those that pictures show, and will have no labels`;
      return [complain('warning', ['data', 'labels'], problem, 'key')];
    }
    if (data[split] === undefined && given !== undefined) {
      return [complain('warning', given.path, `has no effect: data has no "${split}" rows`, 'key')];
    }
    return [];
  });
}

function checkFile(data: DataSpec, { of, path, location }: LabelLocation, context: CheckContext): Complaint[] {
  const found = arrayAt(location, context);
  if (found === null) return [];
  if (found.columns !== 1) {
    const pick = found.dtype === 'text' ? `; pick one by its header: "${location}#name"` : '';
    return [complain('error', path, `${location} has ${found.columns} columns; labels are one a row${pick}`)];
  }
  const owner = 'source' in data ? data.source : 'train' in data && of !== 'source' ? data[of] : undefined;
  const rows = owner === undefined ? null : (arrayAt(owner, context)?.rows ?? null);
  if (rows === null || found.rows === null || rows === found.rows) return [];
  return [
    complain('error', path, `${location} has ${found.rows} labels; ${owner}, whose rows they are of, has ${rows}`),
  ];
}

function checkColumn(data: DataSpec, context: CheckContext): Complaint[] {
  const column = labelColumnOf(data);
  const width = columnsOf(data, context);
  if (column === null || width === null) return [];
  const path = ['data', 'labels', 'column'];
  if (column >= width) {
    return [complain('error', path, `there is no column ${column}: the rows have ${width}, 0 … ${width - 1}`)];
  }
  if (columnsTaken(data).size < width) return [];
  const problem = 'no column is left to be modelled: all are labels or conditioned on';
  return [complain('error', path, problem, 'key')];
}
