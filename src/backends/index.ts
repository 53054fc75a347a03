/** What the engine can compute on here, and starting it. */
import type { Backend, BackendName, StartResult } from './backend.ts';

/** Tries every backend in the order in which `auto` prefers them; absent ones give their reason. */
export function probeBackends(): Promise<StartResult[]> {
  return Promise.reject(new Error('not built yet'));
}

/**
 * Starts one backend and makes it the current one; `auto` takes the first that starts.
 * @throws BackendError with the reason of every backend that was tried.
 */
export function startBackend(choice: 'auto' | BackendName): Promise<Backend> {
  return Promise.reject(new Error(`not built yet: ${choice}`));
}

/** No backend could be started; the message says why, backend by backend. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}
