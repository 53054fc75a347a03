/** One of several figures of a view, each of a frame of its own, and what stands there until that comes. */
import type { VNode } from 'preact';
import type { FrameKind, FrameOf } from '../../src/inspection/frames.ts';
import type { ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';

export function FrameSection<K extends FrameKind>({
  page,
  kind,
  what,
  children,
}: {
  readonly page: ViewProps;
  readonly kind: K;
  /** That is measured: "way between two rows". */
  readonly what: string;
  readonly children: (frame: FrameOf<K>) => VNode;
}): VNode {
  const frame = page.model.frames[kind] as FrameOf<K> | undefined;
  return frame ? children(frame) : <Waiting page={page} kind={kind} what={what} />;
}
