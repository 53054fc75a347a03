/** The masks of a model as tensors, built when they are first needed. */
import { getBackend } from '@tensorflow/tfjs-core';
import type { Model, NamedTensors } from '../models/model.ts';
import { maskEntries } from '../models/parameters.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** Memory for masks; with more of them than fit, the one unused for longest goes. */
const BUDGET_BYTES = 512 * 1024 * 1024;

/**
 * Masks that are cycled through are kept; one beyond the model's {@link Model.maskCount} is used for a single step: only
 * the last such one is there.
 */
export class MaskCache {
  readonly #model: Model;
  readonly #capacity: number;
  /** In the order of their last use. */
  readonly #masks = new Map<number, NamedTensors>();
  #fresh: { readonly mask: number; readonly tensors: NamedTensors } | null = null;

  constructor(model: Model, budgetBytes = BUDGET_BYTES) {
    this.#model = model;
    this.#capacity = Math.max(1, Math.floor(budgetBytes / maskBytes(model)));
  }

  /** The cache owns them: use them before asking for another mask. */
  get(mask: number): NamedTensors {
    if (mask >= this.#model.maskCount) return this.#freshMasks(mask);
    const cached = this.#masks.get(mask);
    this.#masks.delete(mask);
    if (cached === undefined && this.#masks.size >= this.#capacity) {
      const [oldest, tensors] = this.#masks.entries().next().value!;
      this.#masks.delete(oldest);
      disposeTensors(tensors);
    }
    const tensors = cached ?? maskTensors(this.#model, mask);
    this.#masks.set(mask, tensors);
    return tensors;
  }

  #freshMasks(mask: number): NamedTensors {
    if (this.#fresh?.mask === mask) return this.#fresh.tensors;
    const tensors = maskTensors(this.#model, mask);
    if (this.#fresh) disposeTensors(this.#fresh.tensors);
    this.#fresh = { mask, tensors };
    return tensors;
  }

  dispose(): void {
    disposeTensors(...this.#masks.values(), this.#fresh?.tensors ?? {});
    this.#masks.clear();
    this.#fresh = null;
  }
}

/** Built on the device where the model can do that; the caller owns them. */
export function maskTensors(model: Pick<Model, 'masks' | 'maskTensors'>, mask: number): NamedTensors {
  // The cpu backend broadcasts a hundred times more slowly than a loop runs.
  if (getBackend() === 'cpu' || !model.maskTensors) return upload(model.masks(mask));
  return model.maskTensors(mask);
}

/** Bytes of one set of masks, at least those of one entry. */
export function maskBytes(model: Pick<Model, 'parameters'>): number {
  return 4 * Math.max(1, maskEntries(model));
}
