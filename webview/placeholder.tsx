/** What stands where there is nothing to draw yet: why, and what to do. */
import type { VNode } from 'preact';
import { modelFamilies, type ModelFamily, viewIds, views, type ViewId } from '../src/inspection/views.ts';
import { conditionOf, isActive } from './runState.ts';
import type { PageModel } from './views/view.ts';

/** Whether a view has something to show: what it draws, or what may be asked for where that cannot be had. */
export function viewReady(view: ViewId, model: PageModel): boolean {
  if (viewDrawn(view, model)) return true;
  return views[view].mendsItself === true && missingIn(view, model) === null && problemIn(view, model) !== null;
}

/** Whether a view has something to draw: metrics or a frame of its own, or rows that were drawn by hand. */
export function viewDrawn(view: ViewId, { metrics, frames, drawn, drawing }: PageModel): boolean {
  if (views[view].standsAlone) return true;
  const kinds = views[view].frames;
  if (kinds.length === 0) return metrics.length > 0;
  return (
    kinds.some((kind) => frames[kind] !== undefined) ||
    (kinds.includes('samples') && (drawn !== null || drawing !== null))
  );
}

/** Why the shown run has no such view, or null. */
export function missingIn(view: ViewId, { run }: PageModel): string | null {
  return run && views[view].missing(run.manifest);
}

/** The views that the shown run has; the open one stays on its tab, where it says why there is nothing. */
export function viewsOffered(model: PageModel, open: ViewId): ViewId[] {
  return viewIds.filter((view) => view === open || missingIn(view, model) === null);
}

/** What every model has, one by one; then what those of each family have. */
const promises = [
  ...promisesOf(undefined),
  ...(Object.keys(modelFamilies) as ModelFamily[]).map(
    (family) => `${modelFamilies[family]}: ${promisesOf(family).join('; ')}`,
  ),
];

function promisesOf(family: ModelFamily | undefined): string[] {
  return viewIds.flatMap((view) => (views[view].promisedOf === family ? (views[view].promise ?? []) : []));
}

export function Placeholder({ view, model }: { readonly view: ViewId | null; readonly model: PageModel }): VNode {
  if (view === null) {
    return (
      <section class="empty">
        {model.activity ? (
          <>
            <h2>The run is being prepared</h2>
            <p role="status">{model.activity}</p>
            <p>From the first batch on you will see here:</p>
          </>
        ) : model.refusal === undefined ? (
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
          {promises.map((promise, i) => (
            <li key={promise}>
              {promise}
              {i === promises.length - 1 ? '.' : ';'}
            </li>
          ))}
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
  return views[view].frames.map((kind) => frameProblems[kind]).find((problem) => problem !== undefined) ?? null;
}

function textFor(view: ViewId, model: PageModel): string {
  const missing = missingIn(view, model);
  if (missing !== null) return missing;
  const needsFrames = views[view].frames.length > 0;
  const condition = conditionOf(model.run);
  const { activity } = model;
  if (activity && model.metrics.length === 0) return `${activity} This view begins with the first batch.`;
  if (condition === 'preparing') return 'The run is being prepared. This view begins with the first batch.';
  if (model.run?.problem !== null && model.run?.problem !== undefined && needsFrames) {
    return `Nothing to show: ${model.run.problem}`;
  }
  const problem = problemIn(view, model);
  if (problem !== null) return `Nothing to show: ${problem}`;
  if (!needsFrames && model.run && !isActive(model.run) && condition !== 'elsewhere') {
    return 'This run ended before its first batch: there are no curves.';
  }
  const checkpoint = model.run?.manifest.checkpoints.last ?? model.run?.manifest.checkpoints.best ?? null;
  if (needsFrames && model.run && !isActive(model.run) && checkpoint === null) {
    return condition === 'elsewhere'
      ? 'There is nothing to look at before the first checkpoint is written.'
      : 'This run kept no checkpoint, so there are no parameters to look at.';
  }
  return views[view].coming;
}
