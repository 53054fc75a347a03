/** Drawings to text: for hovers, exports, the command line and golden tests. */
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** An `<svg>` element as a document of its own. */
export function renderSvg(vnode: VNode): string {
  const text = renderToString(vnode);
  return text.startsWith('<svg ') && !text.includes(`xmlns="${SVG_NAMESPACE}"`)
    ? text.replace('<svg ', `<svg xmlns="${SVG_NAMESPACE}" `)
    : text;
}
