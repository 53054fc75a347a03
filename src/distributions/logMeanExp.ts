/**
 * log ¹⁄M Σ_m exp(a_m) in float64, for many rows at once and one m after the other: log p of an ensemble, from log p
 * under each of its members. Each row is a running maximum and a sum relative to it, so that nothing overflows and M
 * need not be known before.
 */
export class LogMeanExp {
  readonly #largest: Float64Array;
  readonly #sum: Float64Array;

  constructor(rows: number) {
    this.#largest = new Float64Array(rows).fill(-Infinity);
    this.#sum = new Float64Array(rows);
  }

  /** One more a_m of each row from `begin` on. */
  add(begin: number, values: Float32Array | Float64Array): void {
    for (let i = 0; i < values.length; i++) {
      const [row, value] = [begin + i, values[i]!];
      const largest = this.#largest[row]!;
      if (value <= largest) {
        this.#sum[row]! += largest === -Infinity ? 0 : Math.exp(value - largest);
      } else if (value > largest) {
        this.#sum[row] = this.#sum[row]! * Math.exp(largest - value) + 1;
        this.#largest[row] = value;
      } else {
        // NaN: it must not vanish.
        this.#largest[row] = NaN;
      }
    }
  }

  /** The log-mean-exp of every row, `count` values having been added to each. */
  result(count: number): Float64Array {
    return this.#largest.map((largest, row) =>
      largest === -Infinity ? largest : largest + Math.log(this.#sum[row]! / count),
    );
  }
}
