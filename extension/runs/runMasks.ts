/** The masks that a run cycles through, from its own copy of the experiment: drawn anew, as its model drew them. */
import type { RunMasks } from '../../src/protocol/webview.ts';
import { ordersOf } from '../../src/masks/orders.ts';
import { parseExperiment } from '../../src/spec/check.ts';

/** null for a model without an order, or an experiment that can no longer be read. */
export function runMasks(experimentText: string, dimension: number): RunMasks | null {
  const { experiment } = parseExperiment(experimentText);
  if (experiment === null) return null;
  const { model, seed, data } = experiment;
  const orders = ordersOf(model, dimension, seed, data.context === undefined ? 0 : 1);
  const [first] = orders;
  if (first === undefined) return null;
  const same = orders.every((order) => order.every((position, d) => position === first[d]));
  const conditioned = data.context && ('columns' in data.context || 'values' in data.context ? 'values' : 'labels');
  return { count: orders.length, orders: same ? [first] : orders, ...(conditioned && { conditioned }) };
}
