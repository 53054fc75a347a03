/** What every view on the command line is made of. */
import { figureSvg, type Figure } from '../../figures/compose.tsx';
import { pngDataUri } from '../../figures/png.ts';
import { renderSvg } from '../../figures/render.ts';
import { themeFor } from '../../figures/theme.ts';
import type { FrameKind, FrameOf, FrameOptions } from '../../inspection/frames.ts';
import type { Connection } from '../../protocol/rpc.ts';
import type { HostSide } from '../../protocol/worker.ts';
import type { RunManifest } from '../../runs/manifest.ts';
import type { Metric } from '../../runs/metrics.ts';
import type { CurveAxes } from '../curveAxes.ts';
import { say } from '../output.ts';
import { type Progress, progressBar } from '../progress.ts';

/** A view: data, the sentence that reads them, and the picture. */
export interface Inspected {
  readonly manifest: RunManifest;
  readonly title: string;
  readonly reading: string;
  /** What `--json` writes. */
  readonly data: unknown;
  /** Why some of it was computed operation by operation though the backend has programs; it is in the data, too. */
  readonly uncompiled?: string;
  svg(): string;
}

export interface InspectedRun {
  readonly connection: Connection<HostSide>;
  readonly manifest: RunManifest;
  readonly metrics: readonly Metric[];
  readonly mask: number | null;
  /** For views of one output: which, counted from 1; null for the view's own choice. */
  readonly output: number | null;
  /** For views of one layer, of a flow or over pixels: which, counted from 1; null for the view's own choice. */
  readonly layer: number | null;
  /** Told what the frames say of how they were computed; see `FrameBase.uncompiled`. */
  readonly tell?: (reason: string) => void;
  /** For learning curves: what they are drawn against; epochs unless told. */
  readonly axes?: CurveAxes;
}

/** Asks an opened run for what a view shows. @throws CliError when there is nothing to show. */
export type CliView = (run: InspectedRun) => Inspected | Promise<Inspected>;

/** Pictures are drawn on paper, so to speak. */
export const theme = themeFor('light');
export const WIDTH = 900;
export const HEIGHT = 560;

/** One request waits so long; then it is made again. */
const WAIT_MS = 600_000;

export async function frameOf<K extends FrameKind>(
  kind: K,
  { connection, mask, tell }: InspectedRun,
  options?: FrameOptions<K>,
  newerThan = 0,
): Promise<FrameOf<K>> {
  const said = sayProgress(kind, connection);
  try {
    for (;;) {
      const frame = await connection.request('frame', { kind, newerThan, mask, options, waitMs: WAIT_MS }, 0);
      if (frame === null) continue;
      if (frame.uncompiled !== undefined) tell?.(frame.uncompiled);
      return frame;
    }
  } finally {
    said.stop();
  }
}

/** Says how far a frame is that takes long: a bar on a terminal, elsewhere a line for every tenth. */
function sayProgress(kind: FrameKind, connection: InspectedRun['connection']): { stop(): void } {
  let bar: Progress | null = null;
  let tenths = 0;
  let done = 0;
  connection.on('looking', ({ kind: of, share }) => {
    if (of !== kind) return;
    // A closer look begins anew; what is said goes on from where the last one was.
    done = Math.max(done, share);
    bar ??= progressBar(true, 100, `  {bar} {value} % of the ${kind} view │ Ctrl-C gives up`);
    bar.update(Math.floor(100 * done));
    if (process.stderr.isTTY || Math.floor(10 * share) <= tenths) return;
    tenths = Math.floor(10 * share);
    if (tenths > 0 && tenths < 10) say(`${10 * tenths} % of the ${kind} view …`);
  });
  return {
    stop: () => {
      connection.on('looking', () => undefined);
      bar?.stop();
    },
  };
}

/** Kinds whose frames say whether a closer look would show more. */
type Refinable = {
  readonly [K in FrameKind]: FrameOf<K> extends { readonly complete: boolean } ? K : never;
}[FrameKind];

/** The same, as closely as the kind can be looked at. */
export async function closestFrame<K extends Refinable>(kind: K, run: InspectedRun): Promise<FrameOf<K>> {
  let frame = await frameOf(kind, run);
  while (!frame.complete) frame = await frameOf(kind, run, undefined, frame.version);
  return frame;
}

export function inspectedFigure(
  run: InspectedRun,
  data: unknown,
  figure: () => Figure,
  words: Pick<Figure, 'title' | 'reading'>,
): Inspected {
  return { manifest: run.manifest, ...words, data, svg: () => figureText(figure()) };
}

/** A figure as an SVG file. */
export const figureText = (figure: Figure): string => renderSvg(figureSvg(figure, theme, pngDataUri));
