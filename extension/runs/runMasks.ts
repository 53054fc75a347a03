/** The masks that a run cycles through, from its own copy of the experiment: drawn anew, as its model drew them. */
import type { RunMasks } from '../../src/protocol/webview.ts';
import { seededStructures } from '../../src/masks/degrees.ts';
import { parseExperiment } from '../../src/spec/check.ts';

/** null for a model without masks, or an experiment that can no longer be read. */
export function runMasks(experimentText: string, dimension: number): RunMasks | null {
  const { experiment } = parseExperiment(experimentText);
  if (experiment?.model.type !== 'made') return null;
  const { model, seed } = experiment;
  const orders = seededStructures(model, dimension, seed).map(({ order }) => order);
  return { count: orders.length, orders: model.orderAgnostic ? orders : orders.slice(0, 1) };
}
