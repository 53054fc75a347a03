/** What NVIDIA's own program says of the first card: the libraries that compute on it tell neither name nor memory. */
import { execFile } from 'node:child_process';
import { once } from './once.ts';

export interface Card {
  readonly name: string;
  readonly driver: string;
  readonly memoryBytes: number;
}

const LIMIT_MS = 10_000;

/** Null where there is no such card or program. */
export const nvidiaCard = once(
  () =>
    new Promise<Card | null>((resolve) => {
      const wanted = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];
      execFile('nvidia-smi', wanted, { timeout: LIMIT_MS, windowsHide: true }, (error, stdout) =>
        resolve(error ? null : parseCard(stdout)),
      );
    }),
);

/** "NVIDIA A100-SXM4-40GB, 535.104.05, 40960": the memory in MiB. */
export function parseCard(text: string): Card | null {
  const [name, driver, memory] = (text.split('\n')[0] ?? '').split(',').map((part) => part.trim());
  const mebibytes = Number(memory);
  if (!name || !driver || !(mebibytes > 0)) return null;
  return { name, driver, memoryBytes: mebibytes * 2 ** 20 };
}
