/** What a run that is taken up again computes on. */
import { type BackendName, backendNames } from '../backends/backend.ts';
import { type Choice, chooseBackend } from '../backends/choose.ts';
import { BackendError } from '../backends/index.ts';
import type { Trial } from '../backends/trial.ts';
import type { Setting } from '../backends/tuning.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { BackendChoice } from '../protocol/worker.ts';
import type { TellActivity } from '../text/activity.ts';
import type { LiveRunHooks } from './liveRun.ts';

/**
 * The backend that the run was trained on, unless another one is chosen or that one does not start: on the same one it
 * ends bit for bit where it would have ended. `warn` is told when it is another.
 * @param recorded what the manifest says of it: its name, which may be one that this version does not know, and with how
 * many threads and blocks, where that changes results.
 * @throws BackendError when none starts, or the chosen one does not.
 */
export async function backendToResume(
  asked: BackendChoice,
  { backend: recorded, backendChoice }: Pick<RunManifest, 'backend' | 'backendChoice'>,
  trial: Trial,
  { warn, onActivity }: Pick<LiveRunHooks, 'warn' | 'onActivity'>,
): Promise<Choice> {
  const setting =
    backendChoice?.threads === undefined ? null : { threads: backendChoice.threads, blocks: backendChoice.blocks ?? 1 };
  const same = asked === 'auto' ? await started(recorded, { trial, setting, onActivity }) : null;
  if (same && !(same instanceof BackendError)) return same;
  const choice = await chooseBackend(asked, trial, asked === recorded ? setting : null, onActivity);
  const { name } = choice.backend;
  if (name !== recorded) {
    const why = same ? `, which does not start here (${same.message})` : '';
    warn(
      `This run was trained on ${recorded}${why}. It goes on on ${name}: its numbers will be close to those ` +
        `that it would have had, and not the same bit for bit.`,
    );
  }
  return choice;
}

async function started(
  name: string,
  {
    trial,
    setting,
    onActivity,
  }: { readonly trial: Trial; readonly setting: Setting | null; readonly onActivity: TellActivity | undefined },
): Promise<Choice | BackendError> {
  if (!isBackendName(name)) return new BackendError(`there is no backend called ${name}`);
  try {
    return await chooseBackend(name, trial, setting, onActivity);
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
