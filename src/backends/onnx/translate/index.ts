/** Every kernel that has a translation. Add one: its line in the file of its kind; the tests ask for a case of it. */
import { adam } from './adam.ts';
import { convolutions } from './convolutions.ts';
import { elementwise } from './elementwise.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { structure } from './structure.ts';
import type { Translation } from './translation.ts';

export const translations: ReadonlyMap<string, Translation> = new Map(
  [elementwise, structure, reductions, products, convolutions, adam].flatMap((group) => Object.entries(group)),
);
