/** Runs for the inspector to show: one scenario each, their numbers made up but of the right shape. */
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { flowScenarios } from './flowScenarios.ts';
import { latentScenarios } from './latentScenarios.ts';
import { networkScenarios } from './networkScenarios.ts';
import { pixelScenarios } from './pixelScenarios.ts';
import type { Scenario } from './scenario.ts';
import { stateScenarios } from './stateScenarios.ts';
import { textScenarios } from './textScenarios.ts';

export const scenarios = {
  ...networkScenarios,
  ...flowScenarios,
  ...latentScenarios,
  ...pixelScenarios,
  ...stateScenarios,
  ...textScenarios,
} as const satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof scenarios;

/** Rows of a minibatch. */
const BATCH = 100;

/** Metrics of so many minibatches: a fall that slows, noise around it, a validation curve that turns in the end. */
export function metricsOf({ loss, batchesAnEpoch, structures }: Scenario, batches: number): Metric[] {
  const random = RandomGenerator.seeded(3, 'metrics');
  const metrics: Metric[] = [];
  let sum = 0;
  let best = Infinity;
  const span = loss.from - loss.to;
  for (let step = 1; step <= batches; step++) {
    const epoch = step / batchesAnEpoch;
    const mean =
      loss.to +
      span * (0.82 * Math.exp(-step / (0.3 * batchesAnEpoch)) + 0.18 * Math.exp(-step / (4 * batchesAnEpoch)));
    const train = mean + (random.uniform() + random.uniform() - 1) * 0.025 * span;
    sum += train;
    metrics.push({
      type: 'batch',
      step,
      epoch,
      rows: step * BATCH,
      seconds: step * 0.021,
      train,
      mask: step % structures.length,
    });
    if (step % batchesAnEpoch !== 0) continue;
    const validation = mean + 0.012 * span + 0.0004 * span * Math.max(0, epoch - 8) ** 2;
    metrics.push({
      type: 'epoch',
      step,
      epoch,
      rows: step * BATCH,
      seconds: step * 0.021,
      train: sum / batchesAnEpoch,
      validation,
      best: validation < best,
      rowsPerSecond: 4700 + 60 * random.uniform(),
    });
    best = Math.min(best, validation);
    sum = 0;
  }
  return metrics;
}
