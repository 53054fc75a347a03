/** The latent space along its axes, and between two rows. */
import type { VNode } from 'preact';
import { FrameSection } from './frameSection.tsx';
import { StripsSection } from './stripsSection.tsx';
import type { ViewProps } from './view.ts';
import { WalkSection } from './walkSection.tsx';
import './graph.css';
import './latent.css';

export function TraversalsView(page: ViewProps): VNode {
  return (
    <div class="latent">
      <FrameSection page={page} kind="traversals" what="latent coordinates one by one">
        {(frame) => <StripsSection page={page} newest={frame} />}
      </FrameSection>
      <FrameSection page={page} kind="walk" what="way between two rows">
        {(frame) => <WalkSection page={page} frame={frame} topic="traversals" />}
      </FrameSection>
    </div>
  );
}
