/** The frame about the pixel that a figure is of. */
import type { VNode } from 'preact';
import type { Box } from './drawing.tsx';
import type { Theme } from './theme.ts';

/** Seen on any ground. */
export function PixelFrame({ at, theme }: { readonly at: Box; readonly theme: Theme }): VNode {
  return (
    <>
      <rect {...at} fill="none" stroke={theme.background} stroke-width={3} />
      <rect {...at} fill="none" stroke={theme.foreground} stroke-width={1.5} />
    </>
  );
}
