/** Places that do not change under the pointer or the keys. */
import { useRef } from 'preact/hooks';

/** The newest order, or the one before while somebody is within; another number of things is another order. */
export function useHeldOrder(newest: Int32Array, within: boolean): Int32Array {
  const still = useRef(newest);
  if (!within || still.current.length !== newest.length) still.current = newest;
  return still.current;
}
