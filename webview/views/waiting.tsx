/** What stands in a view for a frame that has not come yet, or cannot come, and why. */
import type { VNode } from 'preact';
import type { FrameKind } from '../../src/inspection/frames.ts';
import type { ViewProps } from './view.ts';

export function Waiting({
  page,
  kind,
  what,
}: {
  readonly page: ViewProps;
  readonly kind: FrameKind;
  readonly what: string;
}): VNode {
  const { run, frameProblems } = page.model;
  const problem = frameProblems[kind] ?? run?.problem ?? null;
  return (
    <div class="waiting" role="status">
      <p>{problem === null ? `Measuring ${what} with the weights of this moment …` : `No ${what}: ${problem}`}</p>
    </div>
  );
}
