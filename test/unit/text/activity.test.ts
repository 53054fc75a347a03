import { expect, it } from 'vitest';
import { type Activity, activityText } from '../../../src/text/activity.ts';

const compiling = (operations: number | null): Activity => ({
  ...{ doing: 'compiling', what: 'the training step', operations },
});
const trying = (threads: number, blocks: number): Activity => ({ doing: 'trying', backend: 'onnx', threads, blocks });

it.each<[Activity, string]>([
  [{ doing: 'reading' }, 'Reading the data …'],
  [{ doing: 'choosing' }, 'Starting the backend …'],
  [trying(1, 1), 'Timing a training step on onnx …'],
  [trying(1, 4), 'Trying masked matrices in 4 blocks …'],
  [trying(2, 4), 'Trying 2 threads …'],
  [compiling(null), 'Compiling the training step …'],
  [compiling(1), 'Compiling the training step (1 operation) …'],
  [compiling(1234), 'Compiling the training step (1,234 operations) …'],
  [{ doing: 'stepping' }, 'Computing the first step …'],
])('%j is told as %s', (activity, text) => {
  expect(activityText(activity)).toBe(text);
});
