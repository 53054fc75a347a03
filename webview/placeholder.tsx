/** What stands where there is nothing to draw yet: why, and what to do. */
import type { VNode } from 'preact';
import type { ViewId } from '../src/inspection/frames.ts';
import { conditionOf, isActive } from './runState.ts';
import { framesOf, type PageModel } from './views/view.ts';

/** Whether a view has something to draw. */
export function viewReady(view: ViewId, { metrics, frames, drawn }: PageModel): boolean {
  switch (view) {
    case 'curves':
      return metrics.length > 0;
    case 'connectivity':
      return frames.connectivity !== undefined;
    case 'masks':
      return frames.connectivity !== undefined || frames.jacobian !== undefined;
    case 'samples':
      return frames.samples !== undefined || drawn !== null;
  }
}

const coming: Readonly<Record<ViewId, string>> = {
  curves: 'The curves begin with the first batch.',
  connectivity: 'Reading the masks and weights of the network …',
  masks: 'Reading the masks and measuring the Jacobian …',
  samples: 'Drawing samples, one variable after the other …',
};

export function Placeholder({ view, model }: { readonly view: ViewId | null; readonly model: PageModel }): VNode {
  if (view === null) {
    return (
      <section class="empty">
        {model.refusal === undefined ? (
          <>
            <h2>This experiment has not been run yet</h2>
            <p>Press Train. From the first batch on you will see here:</p>
          </>
        ) : (
          <>
            <h2>The last run could not start</h2>
            <p role="alert">{model.refusal}</p>
            <p>Once that is mended, press Train again. From the first batch on you will see here:</p>
          </>
        )}
        <ul>
          <li>the learning curves, train and validation;</li>
          <li>which unit is connected to which, with the weights as they grow;</li>
          <li>the masks, the paths that they leave open, and the Jacobian measured beside them;</li>
          <li>samples, drawn anew every epoch.</li>
        </ul>
      </section>
    );
  }
  return (
    <p class="placeholder" role="status">
      {textFor(view, model)}
    </p>
  );
}

/** Why a view's newest frame could not be had, or null. */
export function problemIn(view: ViewId, { frameProblems }: PageModel): string | null {
  return framesOf[view].map((kind) => frameProblems[kind]).find((problem) => problem !== undefined) ?? null;
}

function textFor(view: ViewId, model: PageModel): string {
  const condition = conditionOf(model.run);
  if (condition === 'preparing') return 'The run is being prepared. This view begins with the first batch.';
  if (model.run?.problem !== null && model.run?.problem !== undefined && view !== 'curves') {
    return `Nothing to show: ${model.run.problem}`;
  }
  const problem = problemIn(view, model);
  if (problem !== null) return `Nothing to show: ${problem}`;
  if (view === 'curves' && model.run && !isActive(model.run) && condition !== 'elsewhere') {
    return 'This run ended before its first batch: there are no curves.';
  }
  const checkpoint = model.run?.manifest.checkpoints.last ?? model.run?.manifest.checkpoints.best ?? null;
  if (view !== 'curves' && model.run && !isActive(model.run) && checkpoint === null) {
    return condition === 'elsewhere'
      ? 'There is nothing to look at before the first checkpoint is written.'
      : 'This run kept no checkpoint, so there are no parameters to look at.';
  }
  return coming[view];
}
