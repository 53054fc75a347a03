/** Show Backends. */
import type { App } from '../app.ts';

export function showBackends(app: App): Promise<void> {
  return app.backends.show();
}
