/** What the view of conditional entropies shows, as plain data. */
import type { FrameBase } from './frames.ts';
import type { ImageSize } from '../spec/imageShape.ts';

/** What the characters of a text cost where they stand: those that occur in the rows looked at, the commonest first. */
export interface CharacterCosts {
  readonly characters: readonly string[];
  /** How often each occurs in those rows. */
  readonly counts: Float64Array;
  /** Mean −log p(character | what is before it) over all its places, nats. */
  readonly surprise: Float64Array;
  /** −log of its frequency in those rows, nats: what it would cost without anything before it. */
  readonly alone: Float64Array;
}

/** What every variable costs given those before it, and what its conditionals expect that it costs; nats. */
export interface EntropyFrame extends FrameBase {
  readonly kind: 'entropy';
  readonly dimension: number;
  /** Height and width if a row is an image. */
  readonly image: ImageSize | null;
  /** Where rows are pieces of a text, what its characters cost; variables are the places in a piece then. Null for other rows. */
  readonly text: CharacterCosts | null;
  /** order[d] is the position of variable d, 1 … D. */
  readonly order: Int32Array;
  /** Why there is nothing to show; null where there is. */
  readonly reason: string | null;
  readonly split: 'train' | 'validation';
  /** Rows averaged over, of how many. */
  readonly rows: number;
  readonly allRows: number;
  /** Whether the variables are real: then these are densities' and may be negative. */
  readonly real: boolean;
  /** [D] mean −log p(x_d | x_<d). Their sum is the NLL of these rows. */
  readonly surprise: Float64Array;
  /** [D] mean entropy of p(· | x_<d), or null where the model does not tell its conditionals. */
  readonly entropy: Float64Array | null;
  /** [D] standard error of surprise − entropy over the rows, or null. */
  readonly error: Float64Array | null;
  /**
   * [D] what each variable would cost on its own, by its frequencies in these very rows (real ones: as a Gaussian of
   * their mean and variance); NaN where a variable never changes and is real. Of a text the same for all places: a character
   * by the frequencies of all of them.
   */
  readonly marginal: Float64Array;
  /** Mean NLL of these rows with its standard error, and of NLL − Σ entropy. */
  readonly nll: number;
  readonly nllError: number;
  readonly gap: number;
  readonly gapError: number;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}
