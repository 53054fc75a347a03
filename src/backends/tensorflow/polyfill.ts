/**
 * Node 23 took away functions that tfjs-node 4.22 calls at its first operation.
 */
import util from 'node:util';

export function restoreUtil(): void {
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
