/** Values of options on the command line. */
import { InvalidArgumentError } from 'commander';

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('It is a positive number.');
  return value;
}

/** "784-500-784" */
export function widths(text: string): readonly number[] {
  const values = text.split('-').map(Number);
  if (values.length < 3 || values.some((value) => !(Number.isInteger(value) && value > 0))) {
    throw new InvalidArgumentError(`${text} is no network: D, hidden units and D are joined by dashes.`);
  }
  return values;
}

/** Items separated by commas. */
export function listOf<T>(item: (text: string) => T): (text: string) => readonly T[] {
  return (text) => text.split(',').filter(Boolean).map(item);
}
