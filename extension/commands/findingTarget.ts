import type { Finding } from '../../src/inspection/findings.ts';
import { RunRecord } from '../runs/runRecord.ts';

/** The finding that a node of the Diagnostics view stands for. */
export function findingOf(target: unknown): { readonly run: RunRecord; readonly finding: Finding } | null {
  if (typeof target !== 'object' || target === null || !('run' in target) || !('finding' in target)) return null;
  const { run, finding } = target;
  if (!(run instanceof RunRecord) || typeof finding !== 'object' || finding === null) return null;
  return { run, finding: finding as Finding };
}
