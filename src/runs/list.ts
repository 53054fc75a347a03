import type { RunManifest } from './manifest.ts';

/** One run as a list shows it: its manifest, or why it cannot be read. */
export type ListedRun =
  | { readonly path: string; readonly manifest: RunManifest; readonly problem: null }
  | { readonly path: string; readonly manifest: null; readonly problem: string };

/** Every run below `root` (`<folder of experiments>/runs`, or one experiment's folder in it), newest first. */
export function listRuns(root: string): Promise<ListedRun[]> {
  throw new Error(`not built yet ${root}`);
}
