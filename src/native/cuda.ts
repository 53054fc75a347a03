/** NVIDIA's card, and what of CUDA is there. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

export interface Card {
  readonly name: string;
  /** Compute capability: 8.6 for an RTX 3090. Null where the driver is too old to tell. */
  readonly capability: number | null;
  readonly driver: string;
  readonly memoryMiB: number | null;
}

export interface CudaFacts {
  /** The best card there is, or null. */
  readonly card: Card | null;
  /** Why there is none, in words; null where there is one. */
  readonly reason: string | null;
  /** Whether the libraries that TensorFlow 2.9.1 wants are found: CUDA 11 and cuDNN 8. */
  readonly cuda11: boolean;
}

const PATIENCE_MS = 20_000;

export async function lookForCuda(machine: Machine, signal?: AbortSignal): Promise<CudaFacts> {
  const none = (reason: string): CudaFacts => ({ card: null, reason, cuda11: false });
  if (machine.platform === 'darwin') return none('macOS has no CUDA');
  const program = machine.onPath('nvidia-smi');
  if (program === null) return none('no NVIDIA driver was found (there is no nvidia-smi)');
  const ask = (fields: string) =>
    machine.run(program, [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'], {
      timeoutMs: PATIENCE_MS,
      signal,
    });
  let { status, stdout, output, reason } = await ask('name,driver_version,memory.total,compute_cap');
  // Drivers before 510 do not know the compute capability.
  if (status !== 0) ({ status, stdout, output, reason } = await ask('name,driver_version,memory.total'));
  if (status !== 0) return none(`nvidia-smi failed (${output.trim().split('\n').at(-1) || reason})`);
  const cards = parseCards(stdout);
  const card = cards.reduce<Card | null>(
    (best, one) => (best === null || (one.capability ?? 0) > (best.capability ?? 0) ? one : best),
    null,
  );
  if (card === null) return none('nvidia-smi lists no card');
  return { card, reason: null, cuda11: await hasCuda11(machine, signal) };
}

/** Lines of `nvidia-smi --query-gpu=name,driver_version,memory.total[,compute_cap] --format=csv,noheader,nounits`. */
export function parseCards(text: string): readonly Card[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter(([name, driver]) => name && driver)
    .map(([name, driver, memory, capability]) => ({
      name: name!,
      driver: driver!,
      memoryMiB: finite(memory),
      capability: finite(capability),
    }));
}

function finite(text: string | undefined): number | null {
  const value = Number(text);
  return text && Number.isFinite(value) ? value : null;
}

async function hasCuda11(machine: Machine, signal?: AbortSignal): Promise<boolean> {
  if (machine.platform === 'win32') {
    return machine.onPath('cudart64_110.dll') !== null || inPath(machine, 'cudart64_110.dll');
  }
  const wanted = ['libcudart.so.11.0', 'libcudnn.so.8'];
  const ldconfig = machine.onPath('ldconfig') ?? '/sbin/ldconfig';
  const { stdout } = await machine.run(ldconfig, ['-p'], { timeoutMs: PATIENCE_MS, signal });
  const folders = (machine.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  const listed = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const there = `${stdout}\n${listed.flat().join('\n')}`;
  return wanted.every((name) => there.includes(name));
}

function inPath(machine: Machine, file: string): boolean {
  const folders = (machine.env['PATH'] ?? machine.env['Path'] ?? '').split(';');
  return folders.some((folder) => folder !== '' && existsSync(join(folder, file)));
}
