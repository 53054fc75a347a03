/** What every way of drawing rows has in common: what a request must be like. */
import { completionFault } from './completion.ts';
import type { GivenValues } from './model.ts';

/** @throws RangeError when it is not positive. */
export function checkTemperature(temperature: number): void {
  if (!(temperature > 0)) throw new RangeError(`temperature must be above 0, found ${temperature}`);
}

/**
 * @throws RangeError when the order does not have every given variable before all others (naming the first in the way), or
 * when the given values have another size than the rows.
 */
export function checkGiven(order: Int32Array, { known, values }: GivenValues, rows: number): void {
  const dimension = order.length;
  if (known.length !== dimension || values.length !== rows * dimension) {
    throw new RangeError(
      `given are ${values.length} values of ${known.length} variables; ${rows} rows of ${dimension} are needed`,
    );
  }
  const fault = completionFault(order, known);
  if (fault !== null) throw new RangeError(fault);
}
