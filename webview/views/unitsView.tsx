/** What a unit remembers along a text, and the first characters unrolled in time. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useCalm } from './calm.ts';
import { UnitsSection } from './unitsSection.tsx';
import { UnrolledSection } from './unrolledSection.tsx';
import type { ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import type { UnitTextFrame } from '../../src/inspection/frames.ts';
import './graph.css';
import './latent.css';

export function UnitsView(page: ViewProps): VNode {
  const frame = page.model.frames.unitText;
  return frame ? (
    <Shown page={page} newest={frame} />
  ) : (
    <Waiting page={page} kind="unitText" what="units along the text" />
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
