/** Running over the scores of many rows: their mean, and its standard error. */
export class ScoreMean {
  #rows = 0;
  #mean = 0;
  #squares = 0;

  /** Welford's update, which loses nothing where the scores are large and alike. */
  add(value: number): void {
    this.#rows += 1;
    const away = value - this.#mean;
    this.#mean += away / this.#rows;
    this.#squares += away * (value - this.#mean);
  }

  /** @returns mean, number of rows, and the standard error of the mean, as a population's. */
  result(): { readonly nats: number; readonly rows: number; readonly standardError: number } {
    return { nats: this.#mean, rows: this.#rows, standardError: Math.sqrt(this.#squares) / this.#rows };
  }
}
