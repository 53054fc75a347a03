/** What a unit remembers along a text, and the first characters unrolled in time. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useCalm } from './calm.ts';
import { PieceChooser } from './unitsChoosers.tsx';
import { UnitsSection } from './unitsSection.tsx';
import { UnrolledSection } from './unrolledSection.tsx';
import type { ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import type { UnitTextFrame } from '../../src/inspection/frames.ts';
import './graph.css';
import './latent.css';

export function UnitsView(page: ViewProps): VNode {
  const { frames, frameProblems } = page.model;
  const waiting = <Waiting page={page} kind="unitText" what="units along the text" />;
  if (frames.unitText) return <Shown page={page} newest={frames.unitText} />;
  if (frameProblems.unitText === undefined) return waiting;
  return (
    <section class="latent">
      {waiting}
      <p>A text of your own is read without the data:</p>
      <div class="tools">
        <PieceChooser page={page} frame={null} />
      </div>
    </section>
  );
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: UnitTextFrame }): VNode {
  const calm = useCalm(newest);
  const frame = calm.value;
  // The unit that varies most at first: one that changes with the weights could not be watched.
  const [first] = useState(() => new Map<string, number>());
  const key = `${frame.layer}${frame.state}`;
  if (!first.has(key)) first.set(key, frame.unit[0]!);
  const [wished, choose] = page.saved<number | null>(`unit ${key}`, null);
  const unit = Math.min(frame.hidden[frame.layer]! - 1, wished ?? first.get(key)!);
  return (
    <div class="latent">
      <UnitsSection page={page} frame={frame} unit={unit} onUnit={choose} onMove={calm.moved} />
      <UnrolledSection page={page} frame={frame} />
    </div>
  );
}
