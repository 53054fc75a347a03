/** Plain JavaScript: slow, everywhere, and the yardstick of the other backends. */
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Rung, StartResult } from './backend.ts';
import { checkArithmetic } from './probe.ts';

export const cpuRung: Rung = {
  name: 'cpu',
  async start(): Promise<StartResult> {
    if (!(await tf.setBackend('cpu'))) return { available: false, name: 'cpu', reason: 'it did not start' };
    const problem = checkArithmetic('cpu');
    if (problem !== null) return { available: false, name: 'cpu', reason: problem };
    return { available: true, backend: { name: 'cpu', version: version_cpu, device: 'JavaScript, 1 thread', tf } };
  },
};
