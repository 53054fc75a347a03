/**
 * Which ways to native TensorFlow will work on a machine, decided from facts alone.
 *
 * Sources: libtensorflow 2.9.1 is built for CUDA 11.2 and cuDNN 8.1 and knows cards up to Ampere (compute capability
 * 8.x below 8.9); TensorFlow's current wheels are built for CUDA 12 and cards from compute capability 6.0 on
 * (tensorflow.org/install/source, "Tested build configurations"; the wheel's build_info.py).
 */
import type { CudaFacts } from './cuda.ts';
import type { Variant } from './current.ts';

/** Of the library that the package downloads by itself. */
export const PACKAGE_TENSORFLOW = '2.9.1';
const PACKAGE_CARDS = { from: 3.5, below: 8.9 };
/** Of what pip has. */
const WHEEL_CARDS_FROM = 6;

export interface Way {
  /** `download`: the package's own library; `python`: the library out of a Python's TensorFlow, addon built here. */
  readonly kind: 'download' | 'python';
  readonly variant: Variant;
}

export interface Plan {
  /** To be tried in this order; at least one. */
  readonly ways: readonly Way[];
  /** What was found and what follows from it, for people; one sentence each. */
  readonly sentences: readonly string[];
}

export interface Place {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** @returns a plan, or words for why there is none. */
export function planOf(
  place: Place,
  cuda: CudaFacts,
  wanted: 'auto' | Variant,
): Plan | { readonly impossible: string } {
  const { platform, arch } = place;
  const supported = { linux: ['x64', 'arm64'], darwin: ['x64', 'arm64'], win32: ['x64'] } as Record<string, string[]>;
  if (!supported[platform]?.includes(arch))
    return { impossible: `TensorFlow has no library for ${platform} on ${arch}` };
  const card = cuda.card;
  const canCuda = card !== null && arch === 'x64' && platform !== 'darwin';
  if (wanted === 'cuda' && !canCuda)
    return {
      impossible: `TensorFlow cannot use a graphics card here: ${cuda.reason ?? `there is no CUDA library for ${platform} on ${arch}`}`,
    };
  if (!canCuda || wanted === 'cpu') return cpuPlan(platform, cuda, wanted);
  const ways: Way[] = [];
  const { capability } = card;
  const name = `${card.name} (compute capability ${capability ?? 'unknown'}, driver ${card.driver})`;
  const sentences = [`Found ${name}.`];
  const packageFits = capability === null || (capability >= PACKAGE_CARDS.from && capability < PACKAGE_CARDS.below);
  if (!packageFits) {
    sentences.push(`TensorFlow ${PACKAGE_TENSORFLOW}, which the package brings, knows cards up to Ampere only.`);
  } else if (!cuda.cuda11) {
    sentences.push(
      `TensorFlow ${PACKAGE_TENSORFLOW}, which the package brings, wants CUDA 11.2 and cuDNN 8.1; they were not found.`,
    );
  } else {
    ways.push({ kind: 'download', variant: 'cuda' });
    sentences.push(`TensorFlow ${PACKAGE_TENSORFLOW}, which the package brings, covers it, and CUDA 11 is there.`);
  }
  if (platform === 'win32') {
    if (ways.length === 0)
      sentences.push('Newer TensorFlow has no CUDA on Windows: in WSL it has, and the webgpu backend needs none.');
  } else if (capability === null || capability >= WHEEL_CARDS_FROM) {
    ways.push({ kind: 'python', variant: 'cuda' });
    sentences.push("A newer TensorFlow out of Python's packages, with its own CUDA 12, covers it.");
  } else sentences.push(`Current TensorFlow wants compute capability ${WHEEL_CARDS_FROM}.0 or newer.`);
  if (ways.length > 0) return { ways, sentences };
  if (wanted === 'cuda') return { impossible: sentences.join(' ') };
  return { ways: cpuWays(platform), sentences: [...sentences, 'So it is set up for the processor.'] };
}

function cpuPlan(platform: NodeJS.Platform, cuda: CudaFacts, wanted: 'auto' | Variant): Plan {
  const why =
    wanted === 'cpu'
      ? 'The processor is asked for'
      : `For the processor: ${cuda.reason ?? 'TensorFlow has no CUDA library for this system'}`;
  return { ways: cpuWays(platform), sentences: [`${why}.`] };
}

function cpuWays(platform: NodeJS.Platform): readonly Way[] {
  const download: Way = { kind: 'download', variant: 'cpu' };
  return platform === 'win32' ? [download] : [download, { kind: 'python', variant: 'cpu' }];
}
