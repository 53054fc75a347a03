/** The hover's picture of a flow as it stood when it was last looked at. */
import { expect, it } from 'vitest';
import { flowDiagramSvg, type FlowHighlight } from '../../../src/figures/flowDiagram.tsx';
import { themeFor, type ThemeKind } from '../../../src/figures/theme.ts';
import { flowLayersOf, type FlowSpec } from '../../../src/masks/flowLayers.ts';
import { flowStructure } from '../../../src/masks/flowStructure.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';

interface Case {
  readonly name: string;
  readonly entry: ExperimentInput['model'];
  readonly dimension: number;
  readonly theme: ThemeKind;
  readonly highlight?: FlowHighlight;
  readonly image?: readonly [number, number];
}

const cases: readonly Case[] = [
  { name: 'nice', entry: { type: 'nice', hidden: [6] }, dimension: 4, theme: 'light', highlight: 'split' },
  { name: 'nice-once', entry: { type: 'nice', hidden: [6], layers: 1 }, dimension: 200, theme: 'hc-light' },
  {
    name: 'nice-image',
    entry: { type: 'nice', hidden: [6], split: 'even-odd' },
    dimension: 81,
    theme: 'dark',
    highlight: 'split',
    image: [9, 9],
  },
  {
    name: 'maf',
    entry: { type: 'maf', hidden: [6], permutation: 'random', layers: 3 },
    dimension: 6,
    theme: 'hc-dark',
    highlight: 'permutation',
  },
  {
    name: 'maf-many',
    entry: { type: 'maf', hidden: [6], permutation: 'none', layers: 30 },
    dimension: 43,
    theme: 'light',
    highlight: 'base',
  },
  {
    name: 'realnvp-image',
    entry: { type: 'realnvp', hidden: [6], image: [8, 8] },
    dimension: 64,
    theme: 'light',
    highlight: 'hidden',
  },
  { name: 'glow', entry: { type: 'glow', hidden: [6], image: [8, 8, 3], steps: 2 }, dimension: 192, theme: 'dark' },
];

it.each(cases)('$name', async ({ name, entry, dimension, theme, highlight, image }) => {
  const spec = modelSpec.parse(entry) as FlowSpec;
  const layers = flowLayersOf(spec, dimension, 3);
  const { variables, dependencies } = flowStructure(layers, dimension, 'blocks' in spec ? spec.blocks : 0);
  const svg = flowDiagramSvg(
    {
      dimension,
      layers,
      variables,
      dependencies,
      image: image ?? null,
      base: 'Gaussian',
      additive: spec.type === 'nice',
    },
    { theme: themeFor(theme), width: 520, highlight },
  );
  expect(svg).not.toMatch(/NaN|undefined|Infinity|(width|height|r)="-/);
  const lines = svg.replace(/\d+\.\d{4,}/g, (n) => String(Number(Number(n).toFixed(3)))).replaceAll('><', '>\n<');
  await expect(`${lines}\n`).toMatchFileSnapshot(`golden/hover-flow-${name}.svg`);
});
