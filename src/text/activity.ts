/** What a run does that takes its time before its first step, or between two, and how everybody tells it. */
import { plural } from './numbers.ts';

export type Activity =
  /** Data, a choice of what to compute on, the first step. */
  | { readonly doing: 'reading' | 'choosing' | 'stepping' }
  /** Steps are timed. */
  | { readonly doing: 'trying'; readonly backend: string; readonly threads: number; readonly blocks: number }
  | {
      readonly doing: 'compiling';
      /** "the training step" */
      readonly what: string;
      /** Of the program; null until they are known. */
      readonly operations: number | null;
    };

/**
 * Told what is begun, and null when that is over. Awaited before work that holds the process up, so that the news leaves
 * first.
 */
export type TellActivity = (activity: Activity | null) => void | Promise<void>;

/** "Compiling the training step (1,234 operations) …" */
export function activityText(activity: Activity): string {
  return `${wordsOf(activity)} …`;
}

function wordsOf(activity: Activity): string {
  switch (activity.doing) {
    case 'reading':
      return 'Reading the data';
    case 'choosing':
      return 'Starting the backend';
    case 'stepping':
      return 'Computing the first step';
    case 'trying': {
      const { backend, threads, blocks } = activity;
      if (threads > 1) return `Trying ${threads} threads`;
      return blocks > 1 ? `Trying masked matrices in ${blocks} blocks` : `Timing a training step on ${backend}`;
    }
    case 'compiling': {
      const { what, operations } = activity;
      return `Compiling ${what}${operations === null ? '' : ` (${plural(operations, 'operation')})`}`;
    }
  }
}
