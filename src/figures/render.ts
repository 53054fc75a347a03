/** Drawings to text: for hovers, exports, the command line and golden tests. */
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** An `<svg>` element as an XML document of its own. */
export function renderSvg(vnode: VNode): string {
  const text = asXml(renderToString(vnode));
  return text.startsWith('<svg ') && !text.includes(`xmlns="${SVG_NAMESPACE}"`)
    ? text.replace('<svg ', `<svg xmlns="${SVG_NAMESPACE}" `)
    : text;
}

const TAG = /<[a-zA-Z](?:[^>"]|"[^"]*")*>/g;
const ATTRIBUTE = /\s([\w:-]+)(="[^"]*")?/g;

/** The renderer writes HTML, where an empty attribute may stand without a value; XML has no such thing. */
function asXml(html: string): string {
  return html.replace(TAG, (tag) =>
    tag.replace(ATTRIBUTE, (whole, name: string, value: string | undefined) =>
      value === undefined ? ` ${name}=""` : whole,
    ),
  );
}
