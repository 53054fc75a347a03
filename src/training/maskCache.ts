/** The masks of a model as tensors, built when they are first needed. */
import type { Model, NamedTensors } from '../models/model.ts';
import { maskEntries } from '../models/parameters.ts';
import { disposeTensors, upload } from './tensors.ts';

/** Memory for masks; with more of them than fit, the one unused for longest goes. */
const BUDGET_BYTES = 512 * 1024 * 1024;

export class MaskCache {
  readonly #model: Model;
  readonly #capacity: number;
  /** In the order of their last use. */
  readonly #masks = new Map<number, NamedTensors>();

  constructor(model: Model, budgetBytes = BUDGET_BYTES) {
    this.#model = model;
    this.#capacity = Math.max(1, Math.floor(budgetBytes / maskBytes(model)));
  }

  /** The cache owns them: use them before asking for another mask. */
  get(mask: number): NamedTensors {
    const cached = this.#masks.get(mask);
    this.#masks.delete(mask);
    if (cached === undefined && this.#masks.size >= this.#capacity) {
      const [oldest, tensors] = this.#masks.entries().next().value!;
      this.#masks.delete(oldest);
      disposeTensors(tensors);
    }
    const tensors = cached ?? upload(this.#model.masks(mask));
    this.#masks.set(mask, tensors);
    return tensors;
  }

  dispose(): void {
    disposeTensors(...this.#masks.values());
    this.#masks.clear();
  }
}

/** Bytes of one set of masks, at least those of one entry. */
export function maskBytes(model: Pick<Model, 'parameters'>): number {
  return 4 * Math.max(1, maskEntries(model));
}
