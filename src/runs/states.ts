/** The states of a run. Apart from the manifest's schema, so that the page and the lists load no validation for them. */

export const runStates = ['preparing', 'running', 'paused', 'finished', 'stopped', 'failed'] as const;
export type RunState = (typeof runStates)[number];

/** Whether a run in this state has yet to end; a pause counts. Whether a process is at work on it is another question. */
export function isUnderWay(state: RunState): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
}
