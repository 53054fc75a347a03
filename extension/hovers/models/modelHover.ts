/** What a type of model shows over its keys in an experiment file. */
import type { ThemeKind } from '../../../src/figures/theme.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import type { HoverKeyOf, ModelType, SpecOf } from '../../../src/spec/models/index.ts';

/** Everything that decides which model would be trained, and so a hover's content. */
export interface HoverSubject<T extends ModelType = ModelType> {
  readonly model: SpecOf<T>;
  readonly dimension: number;
  /** C, columns that rows are conditioned on: 0 for none, null where there are some and the data will tell how many. */
  readonly contextDimension: number | null;
  readonly seed: number;
  /** The images that the data say rows are; left out where they do not. */
  readonly image?: ImageSize;
}

export interface ModelHover<T extends ModelType> {
  /** D as the model's own entry gives it, for when the data does not tell; null where it does not either. */
  dimensionOf(model: SpecOf<T>): number | null;
  /** The hover's Markdown. @param key which entry is pointed at. */
  markdown(subject: HoverSubject<T>, key: HoverKeyOf<T>, theme: ThemeKind): string;
}
