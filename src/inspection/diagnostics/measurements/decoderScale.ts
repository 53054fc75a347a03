/** σ of a decoder's p(x|z) beside how far each variable spreads. */
import type { Matrix } from '../../../data/dataset.ts';
import type { Output } from '../../../latent/outputs.ts';

/** Rows that a variable's spread is told from. */
const ROWS = 1000;
/** σ that is above its floor by no more than this share of it sits there. */
const AT_FLOOR = 0.01;

export interface DecoderScale {
  /** For every entry by the network, one for all, or given. */
  readonly by: 'network' | 'shared' | 'given';
  /** The σ that is narrowest beside its variable's spread, and where. */
  readonly least: number;
  readonly variable: number;
  /** Standard deviation of that variable; of one that never changes, what is usual of the others. 0: all are constant. */
  readonly spread: number;
  readonly floor: number;
  /** Share of all entries whose σ is the floor. */
  readonly atFloor: number;
}

export class DecoderScales {
  readonly #deviation: NonNullable<Output['deviation']>;
  readonly #spread: Float64Array;
  readonly #least: Float64Array;
  #entries = 0;
  #atFloor = 0;

  /** @param rows Values that spreads are told from. */
  constructor(deviation: NonNullable<Output['deviation']>, rows: Matrix) {
    this.#deviation = deviation;
    this.#spread = spreads(rows);
    this.#least = new Float64Array(rows.columns).fill(Infinity);
  }

  /** @param logScales [rows, D] log σ. */
  add(logScales: Float32Array): void {
    const columns = this.#least.length;
    const edge = this.#deviation.floor * (1 + AT_FLOOR);
    for (const [i, log] of logScales.entries()) {
      const deviation = Math.exp(log);
      if (deviation <= edge) this.#atFloor++;
      if (deviation < this.#least[i % columns]!) this.#least[i % columns] = deviation;
    }
    this.#entries += logScales.length;
  }

  result(): DecoderScale {
    const ratio = (d: number) => this.#least[d]! / this.#spread[d]!;
    const variable = this.#least.reduce((best, _, d) => (ratio(d) < ratio(best) ? d : best), 0);
    return {
      ...this.#deviation,
      variable,
      least: this.#least[variable]!,
      spread: this.#spread[variable]!,
      atFloor: this.#entries === 0 ? 0 : this.#atFloor / this.#entries,
    };
  }
}

/** [D] standard deviations; a constant column gets the median of the others, since its own measures nothing. */
function spreads({ rows, columns, values }: Matrix): Float64Array {
  const count = Math.min(ROWS, rows);
  const own = Float64Array.from({ length: columns }, (_, d) => {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < count; i++) mean += values[i * columns + d]! / count;
    for (let i = 0; i < count; i++) squares += (values[i * columns + d]! - mean) ** 2;
    return Math.sqrt(squares / count);
  });
  const moving = own.filter((spread) => spread > 0).sort();
  const usual = moving[Math.floor(moving.length / 2)] ?? 0;
  return own.map((spread) => (spread > 0 ? spread : usual));
}
