/** Networks whose hidden nodes are whole vectors (NADE, EoNADE): what is said of them, and that it fits where it stands. */
import { expect, it } from 'vitest';
import { connectivityLegend } from '../../../src/figures/connectivity.tsx';
import { maskFigure, maskLegend, weightPanes } from '../../../src/figures/maskMatrix.tsx';
import { RowNames } from '../../../src/figures/networkNodes.tsx';
import { nodeLayout } from '../../../src/figures/nodeLayout.ts';
import { renderSvg } from '../../../src/figures/render.ts';
import { masksReading } from '../../../src/figures/sentences.ts';
import { textWidth } from '../../../src/figures/text.ts';
import { textSize, themeFor } from '../../../src/figures/theme.ts';
import { weightReaders } from '../../../src/figures/weights.ts';
import type { WeightMatrix } from '../../../src/inspection/frames.ts';
import { connectivityOf, fromMasks } from '../../../src/masks/byMasks.ts';
import { nadeConnections, nadeDegrees } from '../../../src/masks/nade.ts';
import { networkData } from './fixtures.ts';

const theme = themeFor('light');
const order = Int32Array.of(2, 3, 1);
const hidden = [1200, 300];
const weight: WeightMatrix = {
  ...{ name: 'w', rows: 3, columns: 3, binnedRows: 3, binnedColumns: 3, scale: 2 },
  values: new Int8Array(9).fill(127),
};

function eonade() {
  const data = networkData(fromMasks(nadeConnections(order, hidden), order, nadeDegrees(order, hidden)));
  const layers = data.layers.map((layer, l) =>
    hidden[l - 1] === undefined ? layer : { ...layer, name: `hidden vectors ${l}`, vectors: hidden[l - 1]! },
  );
  return connectivityOf({ ...data, layers });
}

it('are named beside their row in the room there is', () => {
  const layout = nodeLayout(eonade().layers, { width: 500, height: 400, unitOrder: 'degree' });
  const svg = renderSvg(
    <svg>
      <RowNames layout={layout} network={eonade()} theme={theme} />
    </svg>,
  );
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);
  expect(texts).toContain('vectors h²');
  expect(texts).toContain('3 of 1,200 units');
  const room = Math.min(...layout.rows.flatMap(({ x, radius }) => Array.from(x, (at) => at - radius)));
  for (const text of texts) expect(textWidth(text, textSize.label), text).toBeLessThan(room);
});

it('have norms for weights, which have no sign', () => {
  const network = eonade();
  const weights = [weight, weight, weight];
  const readers = weightReaders(network, weights);
  const labels = connectivityLegend(theme, readers, network).map(({ label }) => label);
  expect(labels).toContain('norm of the weights');
  expect(labels.join()).not.toMatch(/positive|negative/);
  expect(maskLegend(theme, readers[0], network)[0]).toMatchObject({ label: 'norm of weights', low: '0' });
  // V joins each vector to its own output: the staircase of degrees is not its mask.
  const panes = weightPanes(network, { weights, companions: [null, null, null], context: [] });
  const steps = panes.map(({ layer, reader }) => {
    const size = { width: 200, height: 200 };
    const { panel } = maskFigure({ network, layer, reader, theme, order: 'degree', size });
    return renderSvg(<svg>{panel.drawing.marks}</svg>).includes('<path');
  });
  expect(steps).toEqual([true, false, false]);
});

it('see an input but for those of the first variable, which must not', () => {
  expect(masksReading(eonade())).toBe(
    '9 of 27 connections of whole vectors exist (33.3\u00a0%). ' +
      'Every hidden vector but those of the first variable, which must not, sees an input; all reach an output.',
  );
});
