/** Steps of recurrent cells by a backend's own kernels, where it has them; `cells.ts` states the same in tensor operations. */
import type { NamedTensorMap, Tensor2D } from '@tensorflow/tfjs-core';
import { hasFused, runFused } from '../../backends/fused.ts';
import type { CellName } from '../../spec/cell.ts';
import type { State, Stepped, SteppedBack } from './cells.ts';

/** Units that the kernels' loops take at a time. */
const LANES = 4;

/** Null where the backend has no kernel, or H does not suit it. */
export function fusedForward(cell: CellName, zx: Tensor2D, zh: Tensor2D, before: State): Stepped | null {
  if (!suits(before, 'cellForward')) return null;
  const found = runFused('cellForward', { zx, zh, ...named('h', 'c', before) }, { cell }) as readonly Tensor2D[];
  const [saved] = found as [Tensor2D];
  return { state: cell === 'rnn' ? [saved] : found.slice(1), saved: [saved] };
}

/** Of a step that {@link fusedForward} has computed; null as there. */
export function fusedBackward(cell: CellName, gradients: State, before: State, saved: Tensor2D): SteppedBack | null {
  if (!suits(before, 'cellBackward')) return null;
  const inputs = { ...named('dh', 'dc', gradients), ...named('h', 'c', before), saved };
  const found = runFused('cellBackward', inputs, { cell }) as readonly Tensor2D[];
  const [zx, second, third] = found as [Tensor2D, Tensor2D, Tensor2D];
  if (cell === 'rnn') return { zx, zh: zx, state: [null] };
  return cell === 'lstm' ? { zx, zh: zx, state: [null, second] } : { zx, zh: second, state: [third] };
}

function named(h: string, c: string, [first, memory]: State): NamedTensorMap {
  return { [h]: first!, ...(memory && { [c]: memory }) };
}

function suits([h]: State, kernel: 'cellForward' | 'cellBackward'): boolean {
  return h!.shape[1] % LANES === 0 && hasFused(kernel);
}
