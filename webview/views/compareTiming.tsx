/** How long rows of two runs take to draw: asked for, since it may take a while, and one run after the other. */
import type { VNode } from 'preact';
import { drawingTimeReading } from '../../src/figures/drawingTimeWords.ts';
import { NOT_TIMED } from '../../src/inspection/frames.ts';
import { views } from '../../src/inspection/views.ts';
import { Button } from '../controls.tsx';
import type { PageModel, ViewProps } from './view.ts';

interface Both {
  readonly a: PageModel;
  readonly b: PageModel;
}

const asked = ({ options }: PageModel): number => options.drawingTime?.asked ?? NOT_TIMED;
const timed = ({ frames }: PageModel): number => frames.drawingTime?.asked ?? NOT_TIMED;

/** Whether rows can be drawn from a run at all. */
const draws = ({ run }: PageModel): boolean =>
  run !== null && (views.compare.framesOf?.(run.manifest) ?? []).includes('drawingTime');

/** Which run is being timed, "A"; null while none is. */
function underWay({ a, b }: Both): 'A' | 'B' | null {
  const failed = ({ frameProblems }: PageModel) => frameProblems.drawingTime !== undefined;
  if (draws(a) && asked(a) !== timed(a) && !failed(a)) return 'A';
  return draws(b) && asked(b) !== timed(b) && !failed(b) ? 'B' : null;
}

/** The other run follows once the shown one is timed; where that draws no rows, there is nothing to hold against it. */
export function TimeDrawing({ page, a, b }: Both & { readonly page: ViewProps }): VNode | null {
  if (!draws(a)) return null;
  const busy = underWay({ a, b });
  return (
    <Button disabled={busy !== null} onClick={() => page.chooseOptions('drawingTime', { asked: asked(a) + 1 })}>
      {busy !== null ? `Timing ${busy} …` : timed(a) === NOT_TIMED ? 'Time drawing' : 'Time drawing again'}
    </Button>
  );
}

/** What was measured, and how; why not where it could not be. */
export function Timed({ a, b }: Both): VNode | null {
  const said = [a, b].flatMap(({ frames: { drawingTime }, frameProblems }, i) => {
    const problem = frameProblems.drawingTime;
    if (problem !== undefined) return [`${'AB'[i]!} could not be timed: ${problem}`];
    return drawingTime?.times ? [`${'AB'[i]!}: ${drawingTimeReading(drawingTime)}`] : [];
  });
  return said.length === 0 ? null : <p class="note">{said.join(' ')}</p>;
}
