/** Rows a second over the last seconds: older ones fade with a half-life of about a second and a half. */
const FADE_SECONDS = 2;

export class Rate {
  #rows = 0;
  #seconds = 0;

  add(rows: number, seconds: number): void {
    const kept = Math.exp(-seconds / FADE_SECONDS);
    this.#rows = this.#rows * kept + rows;
    this.#seconds = this.#seconds * kept + seconds;
  }

  get value(): number {
    return this.#seconds > 0 ? this.#rows / this.#seconds : 0;
  }
}
