/** What each character of a text costs where it stands, whatever its place in the row: the conditional entropies' other side. */
import type { CharacterCosts } from './entropyFrame.ts';

/** Sums over rows of characters, by character. */
export class CharacterSums {
  readonly #counts: Float64Array;
  readonly #surprise: Float64Array;
  #all = 0;

  /** @param vocabulary V, characters that there are. */
  constructor(vocabulary: number) {
    this.#counts = new Float64Array(vocabulary);
    this.#surprise = new Float64Array(vocabulary);
  }

  /** Characters by their places in the vocabulary, and as many terms log p(x_t | x_<t), nats. */
  add(characters: ArrayLike<number>, terms: Float32Array): void {
    for (let i = 0; i < terms.length; i++) {
      const character = characters[i]!;
      this.#counts[character]!++;
      this.#surprise[character]! -= terms[i]!;
    }
    this.#all += terms.length;
  }

  /** Nats: −Σ f log f of the characters' frequencies in all of these rows, whatever their place. */
  entropy(): number {
    return this.#counts.reduce(
      (sum, count) => (count > 0 ? sum - (count / this.#all) * Math.log(count / this.#all) : sum),
      0,
    );
  }

  /** Those that occur, the commonest first. */
  told(vocabulary: readonly string[]): CharacterCosts {
    const occurring = Array.from(this.#counts.keys())
      .filter((character) => this.#counts[character]! > 0)
      .sort((a, b) => this.#counts[b]! - this.#counts[a]! || a - b);
    return {
      characters: occurring.map((character) => vocabulary[character]!),
      counts: Float64Array.from(occurring, (character) => this.#counts[character]!),
      surprise: Float64Array.from(occurring, (character) => this.#surprise[character]! / this.#counts[character]!),
      alone: Float64Array.from(occurring, (character) => -Math.log(this.#counts[character]! / this.#all)),
    };
  }
}
