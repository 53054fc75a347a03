/** What a run's rows look like to whoever draws some: shape, and what they are conditioned on. */
import type { RowShape } from '../src/protocol/completion.ts';
import type { RunMasks } from '../src/protocol/webview.ts';
import type { PageModel } from './views/view.ts';

export interface SampleSubject extends RowShape {
  /** Columns of the context, C; 0 for none. */
  readonly context: number;
  /** Whether they are the classes of a label. */
  readonly labels: boolean;
}

export function subjectOf({ run }: Pick<PageModel, 'run'>, masks: RunMasks | null): SampleSubject {
  const { dimension = 1, image = null, contextDimension = 0 } = run?.manifest ?? {};
  return { dimension, image, context: contextDimension, labels: masks?.conditioned === 'labels' };
}
