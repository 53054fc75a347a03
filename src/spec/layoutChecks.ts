/** What a schema cannot say of `data.layout`: that there are colours, and what arrays say themselves. */
import { complain, type Complaint } from './complaint.ts';
import { type Layout, type RowsSpec } from './data.ts';
import { arrayAt, locationsOf, type CheckContext } from './facts.ts';
import { layoutOfShape, sizeText } from './imageShape.ts';

const words: Readonly<Record<Layout, string>> = {
  pixels: 'red, green and blue of a pixel side by side',
  planes: 'one plane of each colour after the other',
};

/**
 * Why flat rows cannot be laid out so, in a sentence; null where they can. Rows of arrays whose shape tells need no `layout`, and
 * must not have another one.
 */
export function layoutFault(layout: Layout, image: RowsSpec['image'], shape: readonly number[] | null): string | null {
  const own = shape && layoutOfShape(shape);
  if (own !== null) {
    if (own === layout) return null;
    return `layout is "${layout}", ${words[layout]}; by its shape [${shape!.join(', ')}] the array has ${words[own]}: leave layout out`;
  }
  if (image === undefined) {
    const found = shape === null ? '' : ` of ${shape.slice(1).join(' × ')} columns`;
    return `layout is "${layout}", and nothing tells the size of the images in rows${found}: add image, e.g. [32, 32, 3]`;
  }
  return image.length === 3
    ? null
    : `layout is "${layout}", and image ${sizeText(image)} has no colours: it is for [height, width, 3]`;
}

export function checkLayout(data: RowsSpec, context: CheckContext): Complaint[] {
  if (!('layout' in data) || data.layout === undefined) return [];
  const shapes = locationsOf(data).map(({ location }) => arrayAt(location, context)?.shape ?? null);
  const { layout, image } = data;
  const fault = shapes.map((shape) => layoutFault(layout, image, shape)).find((problem) => problem !== null);
  return fault === undefined ? [] : [complain('error', ['data', 'layout'], fault)];
}
