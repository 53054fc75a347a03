/** How a run stands, in words. What state it is in and what may be done with it is the host's to say. Pure. */
import { lossScale, type LossUnit } from '../src/figures/units.ts';
import type { DisplayState, RunSummary } from '../src/protocol/webview.ts';
import type { PageModel } from './views/view.ts';

/** Whether a worker of this window trains this run, or holds it paused, or is about to. */
export function isActive({ state }: RunSummary): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused' || state === 'restarting';
}

/** A run and what was measured of it. */
export type Moment = Pick<PageModel, 'run' | 'metrics'>;

/** Where training stands: the newest batch is ahead of the manifest. */
export function epochOf({ run, metrics }: Moment): number {
  return Math.max(run?.manifest.epoch ?? 0, metrics.at(-1)?.epoch ?? 0);
}

/** Mask of the newest minibatch; null once training is over, for then scores are of all of them. */
export function maskInUse({ run, metrics }: Moment): number | null {
  if (run === null || !isActive(run)) return null;
  return metrics.findLast((metric) => metric.type === 'batch')?.mask ?? null;
}

export type Condition = DisplayState | 'none';

export function conditionOf(run: RunSummary | null): Condition {
  return run?.state ?? 'none';
}

export const conditionWord: Readonly<Record<Condition, string>> = {
  none: 'No run yet',
  preparing: 'Preparing',
  running: 'Training',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
  elsewhere: 'Trained by another process',
  restarting: 'Restarting',
  unreadable: 'Unreadable',
};

/** What there is to say about a run's state, beyond its word; null while all goes well. */
export interface Account {
  readonly kind: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly advice: string;
}

export function accountOf(run: RunSummary | null, unit: LossUnit): Account | null {
  if (!run || run.state === 'running') return null;
  const { manifest, problem } = run;
  const { reason } = manifest;
  const where = `step ${manifest.step.toLocaleString('en')}`;
  const resumable = run.actions.includes('continue');
  const onwards = resumable
    ? 'Continue goes on from the last checkpoint, number for number as if nothing had happened.'
    : 'There is no checkpoint yet to continue from: Train starts again.';
  switch (run.state) {
    case 'preparing':
      return {
        kind: 'info',
        title: 'Preparing',
        text: 'Reading the data, drawing the masks and starting the backend.',
        advice: 'The curves begin with the first batch.',
      };
    case 'paused':
      return {
        kind: 'info',
        title: `Paused at ${where}`,
        text: reason ?? 'Everything below shows the parameters of this step.',
        advice: 'Resume goes on; Step runs one batch, or on to the end of the epoch.',
      };
    case 'finished':
      return { kind: 'info', title: 'Finished', text: finishedText(run, unit), advice: reason ?? '' };
    case 'stopped':
      return { kind: 'info', title: `Stopped at ${where}`, text: reason ?? '', advice: onwards };
    case 'failed':
      return {
        kind: 'error',
        title: `Failed at ${where}`,
        text: reason ?? 'No reason was given.',
        advice: `What was measured until then is below. Mend the cause and press Train${resumable ? ', or Continue from the last checkpoint' : ''}.`,
      };
    case 'interrupted':
      return problem === null
        ? {
            kind: 'warning',
            title: `Interrupted at ${where}`,
            text: 'The process that trained this run went away. Everything below is as it was then.',
            advice: onwards,
          }
        : {
            kind: 'error',
            title: `The worker process is gone; everything below is from ${where}`,
            text: problem,
            advice: onwards,
          };
    case 'elsewhere':
      return {
        kind: 'info',
        title: `Process ${run.owner ?? ''} trains this run`,
        text: 'It was started on the command line or in another window, and is controlled there.',
        advice: 'The curves follow what it writes; the other views show its last checkpoint.',
      };
    case 'restarting':
      return {
        kind: 'warning',
        title: `The worker process ended after ${where}`,
        text: problem ?? '',
        advice: 'It goes on from the last checkpoint by itself; Stop gives up.',
      };
    case 'unreadable':
      return { kind: 'error', title: 'This run cannot be read', text: problem ?? '', advice: '' };
  }
}

function finishedText({ manifest }: RunSummary, unit: LossUnit): string {
  const { best, test, validation, dimension, model } = manifest;
  const { name, number, text } = lossScale(unit, dimension, model?.quantity);
  const parts = [
    ...(best ? [`Best after epoch ${best.epoch}; those parameters are the ones kept and scored.`] : []),
    ...(validation ? [`Validation ${name} ${text(validation.nats)}.`] : []),
    ...(test
      ? [`Test ${name} ${text(test.nats)} (± ${number(test.standardError)}, ${test.rows.toLocaleString('en')} rows).`]
      : []),
  ];
  return parts.join(' ');
}
