import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { binOfUnits } from '../../../src/inspection/bins.ts';
import { factsOf } from '../../../src/inspection/diagnostics/measurements/structures.ts';
import { connectivityFrame } from '../../../src/inspection/connectivity.ts';
import { connectivityReading } from '../../../src/figures/sentences.ts';
import { weightPanes } from '../../../src/figures/maskMatrix.tsx';
import { formatCount } from '../../../src/figures/text.ts';
import { decodeWeight, weightError } from '../../../src/inspection/weightCodes.ts';
import { snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { connectivityOf } from '../../../src/masks/byMasks.ts';
import { maskOf } from '../../../src/masks/matrix.ts';
import { countWeights } from '../../../src/masks/weightCount.ts';
import { arrangedUnits } from '../../../src/masks/sorting.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { broken, initialParameters, leaky, made, sourceOf, strictEverywhere } from './specimens.ts';

const frameOf = (model: Model, backend: Backend, limits?: { maxCells: number; binnedCells: number }) =>
  toEnd(connectivityFrame(snapshotOf(sourceOf(model, backend), null), limits));

onEveryBackend('connectivity frame', (backend) => {
  it('holds every weight within the error of its code, 0 where masked, the largest as ±127', async () => {
    const model = made(6, { hidden: [10, 8], direct: true });
    const parameters = initialParameters(model);
    const { weights, network, step, mask, maskCount } = await frameOf(model, backend());
    expect({ step, mask, maskCount }).toEqual({ step: 10, mask: 0, maskCount: 1 });
    expect(network.order).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
    expect(network.layers.map(({ name, units }) => [name, units])).toEqual([
      ['inputs', 6],
      ['hidden layer 1', 10],
      ['hidden layer 2', 8],
      ['outputs', 6],
    ]);
    expect(weights.map(({ name }) => name)).toEqual([
      'hidden.0.weight',
      'hidden.1.weight',
      'output.weight',
      'direct.weight',
    ]);
    for (const { name, values, scale, rows, columns, binnedRows, binnedColumns } of weights) {
      expect([rows, columns]).toEqual([binnedRows, binnedColumns]);
      const existing = model.masks(0)[name]!.data;
      const real = parameters[name]!.data;
      const excess = Array.from(values, (code, i) =>
        existing[i] === 1
          ? Math.abs(decodeWeight(code, scale) - real[i]!) - 1.001 * weightError(code, scale)
          : Math.abs(code),
      );
      expect(Math.max(...excess)).toBeLessThanOrEqual(0);
      expect(Math.max(...values.map(Math.abs))).toBe(127);
    }
  });

  it('does not let a NaN or an infinite weight hide the others', async () => {
    const model = made(4, { hidden: [5] });
    const parameters = initialParameters(model);
    const weight = Float32Array.from(parameters['hidden.0.weight']!.data);
    const existing = model.masks(0)['hidden.0.weight']!.data;
    const [first, second, third] = [...existing.entries()].filter(([, cell]) => cell === 1).map(([i]) => i);
    weight.fill(0);
    weight[first!] = NaN;
    weight[second!] = -Infinity;
    weight[third!] = 2;
    const spoilt = { ...parameters, 'hidden.0.weight': { shape: [5, 4], data: weight } };
    const source = sourceOf(model, backend(), { parameters: spoilt });
    const frame = await toEnd(connectivityFrame(snapshotOf(source, null)));
    const { values, scale } = frame.weights[0]!;
    expect(scale).toBe(2);
    expect([values[first!], values[second!], values[third!]]).toEqual([0, -127, 127]);
  });

  it('aggregates a large network to means of |weight| over bins sorted by degree', async () => {
    const model = made(20, { hidden: [30], order: 'reversed' });
    const real = initialParameters(model)['hidden.0.weight']!.data;
    const { weights, network } = await frameOf(model, backend(), { maxCells: 1000, binnedCells: 300 });
    expect(weights.reduce((sum, { values }) => sum + values.length, 0)).toBeLessThanOrEqual(330);
    const { values, scale, rows, columns, binnedRows, binnedColumns } = weights[0]!;
    expect([rows, columns, binnedRows, binnedColumns]).toEqual([30, 20, 15, 10]);
    const existing = model.masks(0)['hidden.0.weight']!.data;
    const [rowBin, columnBin] = [
      binOfUnits(arrangedUnits(network.layers[1]!), 15),
      binOfUnits(arrangedUnits(network.layers[0]!), 10),
    ];
    for (let bin = 0; bin < values.length; bin++) {
      let [sum, count] = [0, 0];
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const at = r * columns + c;
          if (rowBin[r]! * binnedColumns + columnBin[c]! !== bin || existing[at] !== 1) continue;
          sum += Math.abs(real[at]!);
          count++;
        }
      }
      const mean = count === 0 ? 0 : sum / count;
      expect(Math.abs(decodeWeight(values[bin]!, scale) - mean)).toBeLessThanOrEqual(
        1.001 * weightError(values[bin]!, scale),
      );
    }
  });

  it('leaves the masks away only where they are those of the degrees', async () => {
    const model = made(8, { hidden: [12, 9], direct: true, order: 'random' });
    expect((await frameOf(model, backend())).network.masks).toBeNull();
    const oneMore = broken(model, {
      network: ({ masks, direct }) => {
        const cells = Uint8Array.from(direct!.cells);
        cells[0] = 1;
        return { masks, direct: { ...direct!, cells } };
      },
    });
    const { network } = await frameOf(oneMore, backend());
    expect(network.masks).toHaveLength(4);
    expect(connectivityOf(network).report().leaks).toEqual([{ output: 0, input: 0 }]);
  });

  it('carries broken masks as they are: leaks and lost pairs are those of the diagnostics', async () => {
    const model = leaky(made(8));
    const leaking = connectivityOf((await frameOf(model, backend())).network);
    const { leaks, losses } = factsOf(0, leaking.order, model.network!.connections(0));
    expect([leaks.count, losses.count]).toEqual([7, 0]);
    expect(leaking.report()).toMatchObject({ leaks: leaks.pairs, losses: [] });
    const square = strictEverywhere(made(8, { hidden: [8, 8] }));
    const report = connectivityOf((await frameOf(square, backend())).network).report();
    expect([report.leaks.length, report.losses.length]).toEqual([0, 13]);
  });

  it('takes no degrees for labels of layers that they do not fit', async () => {
    const model = broken(made(5, { hidden: [6] }), {
      network: () => ({ masks: [maskOf(5, 5, (r, c) => r > c)], direct: null }),
    });
    const { network } = await frameOf(model, backend());
    expect(network.layers.map(({ name }) => name)).toEqual(['inputs', 'outputs']);
    expect(network.masks).toHaveLength(1);
  });

  it('refuses a mask that is not there and a model that is no masked network', async () => {
    const source = sourceOf(made(3), backend());
    expect(() => snapshotOf(source, 1)).toThrow('no mask 1: the model has 1');
    const black = { ...broken(made(3), {}), network: null };
    await expect(frameOf(black, backend())).rejects.toThrow('no single network');
  });

  it('goes on with the parameters it began with while training replaces them', async () => {
    const model = made(6);
    const source = sourceOf(model, backend());
    const expected = await toEnd(connectivityFrame(snapshotOf(source, null)));
    const snapshot = snapshotOf(source, null);
    const work = connectivityFrame(snapshot);
    await work.next();
    for (const tensor of Object.values(source.parameters)) tensor.dispose();
    expect(await toEnd(work)).toEqual(expected);
    snapshot.dispose();
  });
});

it('cuts units as arranged into bins of nearly equal size', () => {
  const degrees = Int32Array.of(3, 1, 2, 1, 3);
  expect([...binOfUnits(arrangedUnits({ units: 5, degrees }), 2)]).toEqual([1, 0, 0, 0, 1]);
  expect([...binOfUnits(arrangedUnits({ units: 5, degrees: null }), 2)]).toEqual([0, 0, 0, 1, 1]);
});

onEveryBackend('companions and context', (backend) => {
  it('travel beside the weights, masked alike, the context whole', async () => {
    const model = made(4, { hidden: [6], conditioning: true, direct: true }, 3, 2);
    const { weights, companions, context, network } = await frameOf(model, backend());
    expect(network.context).toEqual({ size: 2, into: [1, 2] });
    expect(companions.map((companion) => companion && [companion.rows, companion.columns])).toEqual(
      weights.map(({ rows, columns }) => [rows, columns]),
    );
    const parameters = initialParameters(model);
    const masks = model.masks(0);
    const { values, scale } = companions[0]!;
    const [companion, mask] = [parameters['hidden.0.companion']!.data, masks['hidden.0.weight']!.data];
    for (const [i, code] of values.entries()) {
      const wanted = mask[i] === 0 ? 0 : companion[i]!;
      expect(Math.abs(decodeWeight(code, scale) - wanted)).toBeLessThanOrEqual(weightError(code, scale) + 1e-6);
    }
    expect(context.map(({ rows, columns }) => [rows, columns])).toEqual([
      [6, 2],
      [4, 2],
    ]);
    const given = parameters['context.hidden.weight']!.data;
    for (const [i, code] of context[0]!.values.entries()) {
      expect(Math.abs(decodeWeight(code, context[0]!.scale) - given[i]!)).toBeLessThanOrEqual(
        weightError(code, context[0]!.scale) + 1e-6,
      );
    }
  });

  it('are none where the model has none', async () => {
    const { companions, context } = await frameOf(made(4, { hidden: [6] }), backend());
    expect([companions, context]).toEqual([[null, null], []]);
  });
});

onEveryBackend('weights of a connectivity frame', (backend) => {
  const masked = (model: Model) => {
    const masks = model.masks(0);
    const own = Object.entries(masks).map(([name, mask]) => ({
      existing: Array.from(mask.data).filter((cell) => cell === 1).length,
      all: mask.data.length,
      times: model.parameters.some((other) => other.name === name.replace(/weight$/, 'companion')) ? 2 : 1,
    }));
    return {
      existing: own.reduce((sum, { existing, times }) => sum + times * existing, 0),
      all: own.reduce((sum, { all, times }) => sum + times * all, 0),
    };
  };

  it('are counted as the forward pass multiplies them, all numbers of an output and companions included', async () => {
    for (const conditional of [
      { type: 'bernoulli' },
      { type: 'gaussian' },
      { type: 'categorical', levels: 5 },
    ] as const) {
      for (const conditioning of [false, true]) {
        const model = made(6, { hidden: [9, 8], direct: true, conditioning, conditional });
        const frame = await frameOf(model, backend());
        const { network } = frame;
        const panes = weightPanes(connectivityOf(network), frame);
        const shown = panes.reduce((sum, { layer }) => sum + layer.existing * layer.each, 0);
        expect(shown, 'matrix by matrix').toBe(masked(model).existing);
        expect(countWeights(connectivityOf(network))).toEqual(masked(model));
        expect(connectivityReading(connectivityOf(network))).toContain(
          `${formatCount(masked(model).existing)} of ${formatCount(masked(model).all)} weights exist`,
        );
      }
    }
  });

  it('are not counted where a node is a whole vector, which has many to a connection', async () => {
    const model = createModel(modelSpec.parse({ type: 'nade', hidden: 5 }), 4, 1);
    const { network } = await frameOf(model, backend());
    expect(connectivityReading(connectivityOf(network))).toContain('10 of 32 connections of whole vectors exist');
  });
});
