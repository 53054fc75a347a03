/** What every variable of some rows would cost on its own: the entropy of its own frequencies. */
import type { Matrix } from '../data/dataset.ts';
import type { Support } from '../spec/support.ts';

export class Marginals {
  readonly #support: Support;
  readonly #dimension: number;
  #rows = 0;
  /** [D, levels] how often each value occurred; empty for real values. */
  readonly #counts: Float64Array;
  readonly #levels: number;
  /** Running mean and sum of squared differences from it (Welford), of real values. */
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(dimension: number, support: Support) {
    this.#support = support;
    this.#dimension = dimension;
    this.#levels = support === 'binary' ? 2 : support === 'real' ? 0 : support.levels;
    this.#counts = new Float64Array(dimension * this.#levels);
    this.#mean = new Float64Array(dimension);
    this.#squares = new Float64Array(dimension);
  }

  add({ rows, values }: Matrix): void {
    const dimension = this.#dimension;
    for (let row = 0, i = 0; row < rows; row++) {
      this.#rows++;
      for (let d = 0; d < dimension; d++, i++) {
        const value = values[i]!;
        if (this.#levels > 0) this.#counts[d * this.#levels + value]!++;
        else {
          const away = value - this.#mean[d]!;
          this.#mean[d]! += away / this.#rows;
          this.#squares[d]! += away * (value - this.#mean[d]!);
        }
      }
    }
  }

  /** [D] nats: −Σ f log f of the values' frequencies, or ½ log(2πe s²) of real ones. */
  entropies(): Float64Array {
    return Float64Array.from({ length: this.#dimension }, (_, d) => {
      if (this.#support === 'real') {
        const variance = this.#squares[d]! / this.#rows;
        return variance > 0 ? 0.5 * Math.log(2 * Math.PI * Math.E * variance) : NaN;
      }
      const own = this.#counts.subarray(d * this.#levels, (d + 1) * this.#levels);
      return own.reduce((sum, count) => sum - (count > 0 ? (count / this.#rows) * Math.log(count / this.#rows) : 0), 0);
    });
  }
}
