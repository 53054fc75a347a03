/** Pictures in a hover's Markdown. */

/** Raw SVG beyond this is not shown (a hover's markdown is cut at 100,000 characters, base64 adds a third). */
export const MAX_SVG_BYTES = 70_000;

/** A paragraph with the picture; none where it is too large for a hover. */
export function pictureOf(svg: string, alternative: string): string[] {
  if (Buffer.byteLength(svg) > MAX_SVG_BYTES) return [];
  return [`![${alternative}](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')})`];
}
