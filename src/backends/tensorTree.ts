/** Records of tensors, of records and lists of them, and of plain values: what functions of tensors take and give. */
import { Tensor } from '@tensorflow/tfjs-core';

/** The tensors, records' by their names in ascending order, whoever made them. */
export function leavesOf(tree: unknown): Tensor[] {
  if (tree instanceof Tensor) return [tree as Tensor];
  return membersOf(tree)?.flatMap(([, member]) => leavesOf(member)) ?? [];
}

/** All but the values of tensors: trees of the same form have equal ones. */
export function shapesOf(tree: unknown): string {
  return JSON.stringify(described(tree));
}

/** Puts other tensors, in the order of {@link leavesOf}, in the place of those of a tree. It holds none of its tensors. */
export function formOf(tree: unknown): (tensors: readonly Tensor[]) => unknown {
  let leaves = 0;
  const form = (part: unknown): ReturnType<typeof formOf> => {
    if (part instanceof Tensor) {
      const own = leaves++;
      return (tensors) => tensors[own];
    }
    const members = membersOf(part)?.map(([name, member]) => [name, form(member)] as const);
    if (!members) return () => part;
    if (Array.isArray(part)) return (tensors) => members.map(([, member]) => member(tensors));
    return (tensors) => Object.fromEntries(members.map(([name, member]) => [name, member(tensors)]));
  };
  return form(tree);
}

function described(tree: unknown): unknown {
  if (tree instanceof Tensor) return [tree.dtype, ...(tree.shape as number[])];
  return membersOf(tree)?.map(([name, member]) => [name, described(member)]) ?? tree;
}

/** Null of what has none. */
function membersOf(tree: unknown): (readonly [string, unknown])[] | null {
  if (typeof tree !== 'object' || tree === null) return null;
  const members = Object.entries(tree);
  return Array.isArray(tree) ? members : members.sort(([a], [b]) => (a < b ? -1 : 1));
}
