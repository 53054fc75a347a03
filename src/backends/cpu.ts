/** Plain JavaScript: slow, everywhere, and the yardstick of the other backends. */
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { totalmem } from 'node:os';
import { probeOf, type Rung, type StartResult } from './backend.ts';
import { once } from './native/once.ts';
import { checkArithmetic } from './probe.ts';

export const cpuRung: Rung = {
  name: 'cpu',
  fingerprint: () => version_cpu,
  probe: async () => probeOf(await start()),
  start: () => start(),
};

const start = once(async (): Promise<StartResult> => {
  if (!(await tf.setBackend('cpu'))) return { available: false, name: 'cpu', reason: 'it did not start' };
  const problem = await checkArithmetic('cpu');
  if (problem !== null) return { available: false, name: 'cpu', reason: problem };
  return {
    available: true,
    backend: {
      name: 'cpu',
      engine: 'cpu',
      version: version_cpu,
      device: 'JavaScript, 1 thread',
      memoryBytes: totalmem(),
      largestTensorBytes: null,
      software: false,
      tf,
      fault: () => null,
    },
  };
});
