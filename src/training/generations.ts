/** Tensors and counters of a run, and those before its last step: what to go back to where that step was not sound. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../models/model.ts';
import type { TrainingState } from './state.ts';
import { disposeTensors } from '../layers/namedTensors.ts';

/** Tensors and counters of one moment. */
export interface Generation {
  readonly parameters: NamedTensors;
  readonly optimizer: NamedTensors;
  readonly state: TrainingState;
}

/** Owns the tensors of both moments. */
export class Generations {
  #now: Generation;
  /** Whether a step was sound shows only in the loss of the next one; of one that replaced its state it is known. */
  #before: Generation | null = null;

  constructor(first: Generation) {
    this.#now = first;
  }

  get now(): Generation {
    return this.#now;
  }

  /** Whether there is something to go {@link back} to: not behind a step that replaced its state, which was sound. */
  get canGoBack(): boolean {
    return this.#before !== null;
  }

  /** Those of now. */
  get tensors(): ReadonlySet<Tensor> {
    const { parameters, optimizer } = this.#now;
    return new Set([...Object.values(parameters), ...Object.values(optimizer)]);
  }

  /** Other counters for the same tensors. */
  count(state: TrainingState): void {
    this.#now = { ...this.#now, state };
  }

  /** Other values of some parameters, at the same step. The tensors are its own from here on. */
  set(parameters: NamedTensors): void {
    const { now } = this;
    for (const name of Object.keys(parameters)) now.parameters[name]!.dispose();
    this.#now = { ...now, parameters: { ...now.parameters, ...parameters } };
  }

  /** Other values of some of the optimiser's state, at the same step. The tensors are its own from here on. */
  setState(optimizer: NamedTensors): void {
    const { now } = this;
    for (const name of Object.keys(optimizer)) now.optimizer[name]!.dispose();
    this.#now = { ...now, optimizer: { ...now.optimizer, ...optimizer } };
  }

  /** @param replaced Whether its tensors stand where those of now stood: then that is gone. */
  moveTo(next: Generation, replaced = false): void {
    if (this.#before) release(this.#before);
    if (replaced) release(this.#now);
    this.#before = replaced ? null : this.#now;
    this.#now = next;
  }

  /** Undoes the last step. @throws RangeError when it was undone already, or there was none. */
  back(): void {
    if (this.#before === null) throw new RangeError('there is no step to be undone');
    release(this.#now);
    this.#now = this.#before;
    this.#before = null;
  }

  dispose(): void {
    if (this.#before) release(this.#before);
    this.#before = null;
    release(this.#now);
  }
}

function release({ parameters, optimizer }: Generation): void {
  disposeTensors(parameters, optimizer);
}
