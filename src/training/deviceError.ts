import type { Backend } from '../backends/backend.ts';

/** The device could not compute: out of memory, lost, or its library failed. The message names the backend. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  /** Whether what the device holds can still be trusted: it refused, but broke nothing. */
  readonly sound: boolean;

  constructor({ name, device }: Pick<Backend, 'name' | 'device'>, step: number, problem: string, sound: boolean) {
    const advice = /memory|alloc|OOM|exhausted|buffer size/i.test(problem)
      ? ' Take fewer hidden units, smaller batches or another backend.'
      : '';
    super(
      `Step ${step}: ${name} (${device}) failed: ${problem.trim().replace(/\.$/, '')}. The last checkpoint is intact.${advice}`,
    );
    this.sound = sound;
  }
}
