/** The connectivity that `lens inspect` draws of a network too large for nodes. */
import { expect, it } from 'vitest';
import { connectivityOf } from '../../../src/cli/views/connectivity.tsx';
import type { InspectedRun } from '../../../src/cli/views/inspected.ts';
import type { WeightMatrix } from '../../../src/inspection/frames.ts';
import { connectivityFrame } from '../figures/fixtures.ts';
import { manifest } from '../webview/runs.ts';

const D = 8;
const H = 240;

/** A MADE of more units than are drawn as nodes, with a context of 2 columns into its hidden layer. */
function runWith(context: readonly WeightMatrix[]): InspectedRun {
  const degrees = Int32Array.from({ length: H }, (_, unit) => 1 + (unit % (D - 1)));
  const order = Int32Array.from({ length: D }, (_, d) => d + 1);
  const frame = connectivityFrame({ order, hidden: [degrees], direct: false });
  const conditioned = { ...frame, network: { ...frame.network, context: { size: 2, into: [1] } }, context };
  const connection = { on: () => undefined, request: () => Promise.resolve(conditioned) };
  return {
    ...{ manifest, metrics: [], mask: null, output: null, layer: null },
    connection: connection as unknown as InspectedRun['connection'],
  };
}

it('has the weights of the context in its picture and the largest of them in its legend', async () => {
  const values = new Int8Array(2 * H).fill(127);
  const matrix = { name: 'context', rows: H, columns: 2, binnedRows: H, binnedColumns: 2, values, scale: 0.375 };
  const svg = (await connectivityOf(runWith([matrix]))).svg();
  expect(svg).toMatch(/\|context weight\|<[\s\S]*>0\.375</);
  expect(svg, 'as coloured as the weights are').not.toBe((await connectivityOf(runWith([]))).svg());
});
