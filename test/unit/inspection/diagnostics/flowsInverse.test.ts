/** `order-inverse` and `inverse-error` of flows. */
import { expect, it } from 'vitest';
import type { FlowLayer } from '../../../../src/flows/flow.ts';
import { mixing } from '../../../../src/flows/mixing.ts';
import { within } from '../../../../src/flows/multiScale.ts';
import { permutation } from '../../../../src/flows/permutation.ts';
import { levelScaling, logit } from '../../../../src/flows/pixels.ts';
import type { NamedArrays } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { evidenceOf, judge } from './judge.ts';
import {
  bits,
  levelRows,
  couple,
  masked,
  ring,
  layer,
  flowOf,
  looked,
  findings,
  onEveryRealBackend,
  altered,
} from './flowSpecimens.ts';

onEveryRealBackend('order-inverse of flows', (backend) => {
  const crossed = (order: Int32Array) =>
    altered(layer('permutation', permutation(order)), {
      inverse: (y, inputs) => {
        const { y: x, logDet } = permutation(order).forward(y, inputs);
        return { x, logDet };
      },
    });

  it('is silent for three in a circle that come back', async () => {
    const context = await looked(flowOf([masked(), layer('permutation', permutation(ring)), masked()]), backend());
    expect(judge('order-inverse', context)).toBe('ok');
    expect(findings(context)).toEqual([]);
  });

  it('finds a permutation where its inverse belongs, and nothing where the two are one', async () => {
    const context = await looked(flowOf([masked(), crossed(ring), masked()]), backend());
    expect(judge('order-inverse', context)).toMatchObject({
      severity: 'error',
      title: '1 permutation is not undone on the way back',
    });
    // It is told once.
    expect(judge('inverse-error', context)).toBe('ok');
    const swap = await looked(flowOf([masked(), crossed(Int32Array.of(2, 1, 0)), masked()]), backend());
    expect(judge('order-inverse', swap)).toBe('ok');
  });
});

onEveryRealBackend('inverse-error', (backend) => {
  const sound = couple(bits(1, 0, 0), 'exponential');

  it('finds an inverse that is another map', async () => {
    const wrong = altered(sound, {
      inverse(y, inputs) {
        const { y: x, logDet } = sound.bijector.forward(y, inputs);
        return { x, logDet };
      },
    });
    const found = judge('inverse-error', await looked(flowOf([wrong, couple(bits(0, 1, 1))]), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      title: 'Rows do not come back through layer 1 (coupling)',
      explanation: expect.stringContaining('is another map') as unknown,
    });
  });

  it('finds digits that float32 rounded off beside a shift', async () => {
    const model = flowOf([sound, couple(bits(0, 1, 1))]);
    // x₂ and x₃ become x·e⁻¹² + 100: of x = 1 a quarter of the last digit of 100 is left.
    const output = { shape: [4], data: Float32Array.of(100, 100, -12, -12) };
    const still = { shape: [4, 8], data: new Float32Array(32) };
    const found = judge(
      'inverse-error',
      await looked(model, backend(), { changes: { 'layers.0.output.weight': still, 'layers.0.output.bias': output } }),
    );
    expect(found).toMatchObject({
      severity: 'error',
      title: 'Rows do not come back through layer 1 (coupling)',
      explanation: expect.stringContaining('float32 rounded them off') as unknown,
    });
    const lost = Number(
      evidenceOf(found)['Error of the way back in float64, by float32’s scales and shifts, of 1 and the size of x'],
    );
    expect(lost).toBeGreaterThan(0.1);
  });

  it('tells digits that a nearly singular mixing lost from a way back that is another map, in float64 throughout', async () => {
    const start = flowOf([layer('mixing', mixing({ dimension: 3 }))]).initialise(RandomGenerator.seeded(1, 'weights'));
    const logScale = start['layers.0.logScale']!;
    const shrunk = { ...logScale, data: logScale.data.map((s, i) => (i === 2 ? s - 12 : s)) };
    const parameters = { ...start, 'layers.0.logScale': shrunk };
    const judged = async (own: FlowLayer, all: NamedArrays) =>
      judge('inverse-error', await looked(flowOf([own]), backend(), { parameters: all }));
    const plain = layer('mixing', mixing({ dimension: 3 }));
    expect(await judged(plain, start)).toBe('ok');
    const lost = await judged(plain, parameters);
    expect(lost).toMatchObject({ explanation: expect.stringContaining('variables nearly cancel out') as unknown });
    expect(Number(evidenceOf(lost)['Error of the way back in float64, of 1 and the size of x'])).toBeGreaterThan(1e-3);
    // The matrix itself where its inverse belongs.
    const wrong = altered(plain, {
      inverse: (y, inputs) => {
        const { y: x, logDet } = plain.bijector.forward(y, inputs);
        return { x, logDet };
      },
    });
    const other = await judged(wrong, start);
    expect(other).toMatchObject({ severity: 'error', explanation: expect.stringContaining('another map') as unknown });
    expect(Number(evidenceOf(other)['Error of the way back in float64, of 1 and the size of x'])).toBeLessThan(1e-5);
  });

  it('goes a logit back in float64, of some columns as well', async () => {
    const pixels = [
      layer('pixels', levelScaling(4, 8)),
      layer('pixels', within(logit(2, 1e-6), Int32Array.of(2, 0), 4)),
    ];
    const rows = levelRows(60, 4, 8);
    const context = await looked(flowOf(pixels, { levels: 8 }), backend(), { rows });
    const [, own] = context.roundTrip!.layers;
    expect(own!.replay).toMatchObject({ float64: 'all' });
    expect(own!.replay!.error).toBeLessThan(1e-6);
    expect(judge('inverse-error', context)).toBe('ok');
  });
});
