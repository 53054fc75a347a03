/** What a run's rows look like to whoever draws some: shape, and what they are conditioned on. */
import { canComplete, partsOf, type KeptPart, type RowShape } from '../src/protocol/completion.ts';
import type { RunMasks } from '../src/protocol/webview.ts';
import type { PageModel } from './views/view.ts';

export interface SampleSubject extends RowShape {
  /** Columns of the context, C; 0 for none. */
  readonly context: number;
  /** Whether they are the classes of a label. */
  readonly labels: boolean;
  /** Whether rows can be completed. */
  readonly completes: boolean;
  /** Whether from their beginnings in raster order alone, as models of pixels do. */
  readonly raster: boolean;
  /** Whether rows are drawn from the base of a flow. */
  readonly flow: boolean;
  /** Whether they are decoded from latent variables. */
  readonly latent: boolean;
}

export function subjectOf({ run }: Pick<PageModel, 'run'>, masks: RunMasks | null): SampleSubject {
  const { dimension = 1, image = null, contextDimension = 0 } = run?.manifest ?? {};
  const model = run?.manifest.model;
  return {
    dimension,
    image,
    context: contextDimension,
    labels: masks?.conditioned === 'labels',
    completes: canComplete(model),
    raster: model?.pixels === true,
    flow: model?.flow !== undefined,
    latent: model?.latent !== undefined,
  };
}

/** The parts that may be given: of models of pixels those that come first in raster order. */
export function givenParts(subject: SampleSubject): readonly KeptPart[] {
  const inOrder: readonly KeptPart[] = ['upper', 'first', 'list'];
  return partsOf(subject).filter((part) => !subject.raster || inOrder.includes(part));
}
