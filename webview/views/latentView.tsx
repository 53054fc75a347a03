/** Latent traffic: what arrives at a flow's base, and what comes back from there. */
import type { VNode } from 'preact';
import { FrameSection } from './frameSection.tsx';
import { HeatSection } from './heatSection.tsx';
import { LatentSection } from './latentSection.tsx';
import type { ViewProps } from './view.ts';
import { WalkSection } from './walkSection.tsx';
import './graph.css';
import './latent.css';

export function LatentView(page: ViewProps): VNode {
  return (
    <div class="latent">
      <FrameSection page={page} kind="latent" what="places in the latent space">
        {(frame) => <LatentSection page={page} newest={frame} />}
      </FrameSection>
      <FrameSection page={page} kind="walk" what="way between two rows">
        {(frame) => <WalkSection page={page} frame={frame} topic="latent" />}
      </FrameSection>
      <FrameSection page={page} kind="heat" what="draws at a temperature">
        {(frame) => <HeatSection page={page} frame={frame} />}
      </FrameSection>
    </div>
  );
}
