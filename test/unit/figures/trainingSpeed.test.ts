import { expect, it } from 'vitest';
import { rowsPerSecondOf, speedText } from '../../../src/figures/trainingSpeed.ts';
import type { Metric } from '../../../src/runs/metrics.ts';

const epoch = (rowsPerSecond: number): Metric => ({
  ...{ type: 'epoch', step: 1, epoch: 1, rows: 100, seconds: 1, train: 1, validation: null, best: false },
  rowsPerSecond,
});

it('the speed of training is that of the middle epoch, in whole rows where they are many', () => {
  expect(rowsPerSecondOf([])).toBeNull();
  expect(rowsPerSecondOf([epoch(10), epoch(500), epoch(400)])).toBe(400);
  expect(speedText(4719.6)).toBe('4,720 rows/s');
  expect(speedText(3.456)).toBe('3.46 rows/s');
});
