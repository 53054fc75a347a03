/** Which editor group the inspector goes into, and which the experiment's file: never one over the other. No editor in here. */

/** One editor group, by its column from 1. */
export interface EditorGroup {
  readonly column: number;
  /** Whether the file is among its tabs, and whether it is the one in front. */
  readonly hasFile: boolean;
  readonly showsFile: boolean;
  readonly hasInspector: boolean;
}

export interface Columns {
  /** Where the inspector goes; null: where it is, or beside what is active. */
  readonly inspector: number | null;
  /** Where the file is brought to the front; null: it is in sight, or not open at all. */
  readonly file: number | null;
}

const inspectorIn = (groups: readonly EditorGroup[]): number | null =>
  groups.find(({ hasInspector }) => hasInspector)?.column ?? null;

/** For showing the inspector on a file: it moves out of the file's group if they share one. */
export function columnsFor(groups: readonly EditorGroup[]): Columns {
  const inspector = inspectorIn(groups);
  const apart = groups.filter(({ column, hasFile }) => hasFile && column !== inspector);
  const file = apart.find(({ showsFile }) => showsFile) ?? apart[0];
  if (file) return { inspector: inspector ?? file.column + 1, file: file.showsFile ? null : file.column };
  if (inspector === null || !groups.some(({ hasFile }) => hasFile)) return { inspector, file: null };
  return { inspector: besides(groups, inspector), file: inspector };
}

/** For opening a file: in the group that has it, else in the first that is not the inspector's. */
export function columnsForFile(groups: readonly EditorGroup[]): Columns {
  const inspector = inspectorIn(groups);
  if (inspector === null) return { inspector, file: null };
  const apart = groups.filter(({ column }) => column !== inspector);
  const file = apart.find(({ hasFile }) => hasFile) ?? apart[0];
  if (file) return { inspector: null, file: file.column };
  return { inspector: inspector + 1, file: inspector };
}

/** A group that is not `column`: the next one, else the first, else a new one. */
function besides(groups: readonly EditorGroup[], column: number): number {
  const columns = groups.map((group) => group.column);
  return columns.find((other) => other > column) ?? columns.find((other) => other !== column) ?? column + 1;
}
