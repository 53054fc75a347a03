/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from 'commander';
import { backendNames } from '../backends/backend.ts';
import type { BackendChoice, ColumnRange } from '../protocol/worker.ts';

export function backendOption(): Option {
  return new Option('--backend <name>', 'what to compute on').choices(['auto', ...backendNames]).default('auto');
}

export function jsonOption(what: string): Option {
  return new Option('--json', what);
}

/** @throws InvalidArgumentError, which commander turns into a usage message. */
export function wholeNumber(smallest: number, largest = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(
      `A whole number from ${smallest}${largest < 2 ** 31 ? ` to ${largest}` : ''} is needed.`,
    );
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('A number above 0 is needed.');
}

/** "0-391" or "0-27,56-83,100": columns counted from 0, both ends included. */
export function columnRanges(text: string): ColumnRange[] {
  return text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    if (from !== undefined && Number(to) >= Number(from)) return [Number(from), Number(to)];
    throw new InvalidArgumentError('Columns are needed, counted from 0, such as 0-391 or 0-27,56-83.');
  });
}

export interface BackendOptions {
  readonly backend: BackendChoice;
}
