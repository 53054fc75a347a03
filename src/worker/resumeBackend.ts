/** What a run that is taken up again computes on. */
import { type Backend, type BackendName, backendNames } from '../backends/backend.ts';
import { BackendError, startBackend } from '../backends/index.ts';
import type { BackendChoice } from '../protocol/worker.ts';

/**
 * The backend that the run was trained on, unless another one is chosen or that one does not start: on the same one it
 * ends bit for bit where it would have ended. `warn` is told when it is another.
 * @param recorded the backend's name in the manifest, which may be one that this version does not know.
 * @throws BackendError when none starts, or the chosen one does not.
 */
export async function backendToResume(
  choice: BackendChoice,
  recorded: string,
  warn: (text: string) => void,
): Promise<Backend> {
  const same = choice === 'auto' ? await started(recorded) : null;
  if (same && !(same instanceof BackendError)) return same;
  const backend = await startBackend(choice);
  if (backend.name !== recorded) {
    const why = same ? `, which does not start here (${same.message})` : '';
    warn(
      `This run was trained on ${recorded}${why}. It goes on on ${backend.name}: its numbers will be close to those ` +
        `that it would have had, and not the same bit for bit.`,
    );
  }
  return backend;
}

async function started(name: string): Promise<Backend | BackendError> {
  if (!isBackendName(name)) return new BackendError(`there is no backend called ${name}`);
  try {
    return await startBackend(name);
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
