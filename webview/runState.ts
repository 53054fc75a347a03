/** How a run stands, in words, and what may be done with it. Pure. */
import { formatFixed } from '../src/figures/text.ts';
import { lossIn, lossUnitLabel, type LossUnit } from '../src/figures/units.ts';
import type { RunAction, RunSummary } from '../src/protocol/webview.ts';
import { isUnderWay } from '../src/runs/states.ts';

export type Condition =
  | 'none'
  | 'preparing'
  | 'training'
  | 'paused'
  | 'finished'
  | 'stopped'
  | 'failed'
  /** The editor or the machine went while it trained. */
  | 'interrupted'
  /** Its worker process ended while it trained, or cannot be started. */
  | 'lost';

/** Whether a worker is training this run, or holds it paused. */
export function isActive({ live, manifest }: RunSummary): boolean {
  return live && isUnderWay(manifest.state);
}

export function conditionOf(run: RunSummary | null): Condition {
  if (!run) return 'none';
  const { state } = run.manifest;
  if (!run.live && isUnderWay(state)) return run.problem === null ? 'interrupted' : 'lost';
  return state === 'running' ? 'training' : state;
}

export const conditionWord: Readonly<Record<Condition, string>> = {
  none: 'No run yet',
  preparing: 'Preparing',
  training: 'Training',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
  lost: 'Worker lost',
};

/** Actions that make sense now. */
export function possibleActions(run: RunSummary | null): ReadonlySet<RunAction | 'sample'> {
  const condition = conditionOf(run);
  const has = (action: RunAction | 'sample', when: boolean) => (when ? [action] : []);
  const active = run !== null && isActive(run);
  const checkpoints = run?.manifest.checkpoints;
  const kept = checkpoints !== undefined && (checkpoints.last !== null || checkpoints.best !== null);
  return new Set([
    ...has('train', !active),
    ...has('pause', condition === 'training'),
    ...has('resume', condition === 'paused'),
    ...has('stepBatch', condition === 'paused'),
    ...has('stepEpoch', condition === 'paused'),
    ...has('stop', active),
    ...has('continue', run !== null && !active && condition !== 'finished' && checkpoints?.last !== null),
    ...has('sample', condition === 'training' || condition === 'paused' || kept),
  ]);
}

/** What there is to say about a run's state, beyond its word; null while all goes well. */
export interface Account {
  readonly kind: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly advice: string;
}

export function accountOf(run: RunSummary | null, unit: LossUnit): Account | null {
  const condition = conditionOf(run);
  if (!run || condition === 'none' || condition === 'training') return null;
  const { manifest } = run;
  const { reason } = manifest;
  const where = `step ${manifest.step.toLocaleString('en')}`;
  const resumable = manifest.checkpoints.last !== null;
  const onwards = resumable
    ? 'Continue goes on from the last checkpoint, number for number as if nothing had happened.'
    : 'There is no checkpoint yet to continue from: Train starts again.';
  switch (condition) {
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
      return {
        kind: 'warning',
        title: `Interrupted at ${where}`,
        text: 'The editor went away while this run was training. Everything below is as it was then.',
        advice: onwards,
      };
    case 'lost':
      return {
        kind: 'error',
        title: `The worker process is gone; everything below is from ${where}`,
        text: run.problem ?? '',
        advice: onwards,
      };
  }
}

function finishedText({ manifest }: RunSummary, unit: LossUnit): string {
  const { best, test, validation, dimension } = manifest;
  const value = (nats: number) =>
    `${formatFixed(lossIn(unit, nats, dimension), unit === 'nats' ? 2 : 4)} ${lossUnitLabel(unit)}`;
  const parts = [
    ...(best ? [`Best after epoch ${best.epoch}; those parameters are the ones kept and scored.`] : []),
    ...(validation ? [`Validation NLL ${value(validation.nats)}.`] : []),
    ...(test
      ? [
          `Test NLL ${value(test.nats)} (± ${formatFixed(lossIn(unit, test.standardError, dimension), unit === 'nats' ? 2 : 4)}, ${test.rows.toLocaleString('en')} rows).`,
        ]
      : []),
  ];
  return parts.join(' ');
}
