import { describe, expect, it } from 'vitest';
import {
  diagramSentence,
  MAX_DIAGRAM_BYTES,
  modelDiagramSvg,
  themeFor,
  type DiagramHighlight,
} from '../../../src/figures/hover.ts';

import { themeKinds } from '../../../src/figures/theme.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { made } from './fixtures.ts';

const keys: (DiagramHighlight | undefined)[] = [undefined, 'hidden', 'order', 'degrees', 'masks', 'direct'];

const models: [string, MadeStructure][] = [
  ['784-500-500-784', made(784, [500, 500])],
  ['784-500-784, direct, random order', made(784, [500], { direct: true, order: 'random' })],
  ['16-64-64-16', made(16, [64, 64])],
  ['D = 1', made(1, [4])],
  ['H < D', made(9, [2])],
  ['sixteen hidden layers', made(784, new Array<number>(16).fill(500), { direct: true })],
  ['small enough to be drawn whole', made(8, [12, 12], { direct: true })],
  ['the largest drawn whole', made(10, [60, 5])],
];

describe.each(models)('the diagram of %s', (_, structure) => {
  it.each(themeKinds)('is small, of concrete colours and self-contained in %s', (kind) => {
    for (const highlight of keys) {
      const svg = modelDiagramSvg(fromDegrees(structure), { theme: themeFor(kind), width: 560, highlight });
      expect(new TextEncoder().encode(svg).length).toBeLessThan(MAX_DIAGRAM_BYTES);
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toContain('var(');
      expect(svg).not.toContain('--vscode');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('the diagram', () => {
  const draw = (structure: MadeStructure, highlight?: DiagramHighlight) =>
    modelDiagramSvg(fromDegrees(structure), { theme: themeFor('dark'), width: 560, highlight });

  it('draws small networks whole and large ones as matrices', () => {
    expect(draw(made(4, [6])).match(/<circle/g)).toHaveLength(14);
    expect(draw(made(16, [64, 64])).match(/<circle/g)).toHaveLength(160);
    expect(draw(made(100, [300, 300]))).not.toContain('<circle');
    expect(draw(made(100, [300, 300]))).toContain('W¹');
  });

  it('counts pairs that the masks lose instead of assuming the triangle', () => {
    const lossy: MadeStructure = {
      order: Int32Array.from({ length: 40 }, (_, d) => d + 1),
      hidden: [new Int32Array(300).fill(10)],
      direct: false,
    };
    // Outputs after the tenth see ten inputs each; outputs up to the tenth see none.
    expect(draw(lossy)).toContain('480 pairs lost');
    expect(draw(made(40, [300], { degrees: 'even' }))).toContain('all 780 pairs joined');
  });

  it('says what the hovered key makes of the model', () => {
    const structure = fromDegrees(made(784, [500, 500]));
    expect(diagramSentence(structure, 'hidden')).toContain('2 hidden layers, 1,000 units.');
    expect(diagramSentence(structure, 'order')).toBe(
      'Natural order: x\u0302₁ depends on nothing, x\u0302₇₈₄ on all the others.',
    );
    expect(diagramSentence(structure, 'direct')).toContain('No direct connection');
    expect(diagramSentence(fromDegrees(made(3, [4], { direct: true })), 'direct')).toContain('adds 3 weights');
    expect(diagramSentence(structure, 'degrees')).toContain('A unit of degree m sees the first m inputs');
  });

  it('is another picture for another key', () => {
    const structure = made(4, [6]);
    expect(new Set(keys.map((key) => draw(structure, key))).size).toBeGreaterThanOrEqual(5);
  });
});
