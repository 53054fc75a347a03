/** Progress bars on a terminal; nothing elsewhere. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(value: number, payload?: Readonly<Record<string, string>>): void;
  stop(): void;
}

/** A bar on standard error when it is a terminal and `wanted`. */
export function progressBar(
  wanted: boolean,
  total: number,
  format: string,
  payload: Readonly<Record<string, string>> = {},
): Progress {
  if (!wanted || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      gracefulExit: false,
      barsize: 24,
      fps: 8,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, payload);
  return {
    update: (value, values = {}) => bar.update(value, values),
    stop: () => bar.stop(),
  };
}
