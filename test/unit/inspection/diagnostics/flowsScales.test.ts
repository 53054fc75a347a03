/** `scale-blow-up` and `singular-mixing`. */
import { expect, it } from 'vitest';
import { actNorm } from '../../../../src/flows/actNorm.ts';
import { mixing } from '../../../../src/flows/mixing.ts';
import type { NamedArrays } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { initialParameters } from '../specimens.ts';
import { evidenceOf, judge } from './judge.ts';
import { realRows, bits, couple, layer, flowOf, looked, onEveryRealBackend } from './flowSpecimens.ts';

onEveryRealBackend('scale-blow-up', (backend) => {
  const model = flowOf([couple(bits(1, 0, 0), 'exponential'), couple(bits(0, 1, 1))]);
  const withScale = (s: number) => ({
    'layers.0.output.weight': { shape: [4, 8], data: new Float32Array(32) },
    'layers.0.output.bias': { shape: [4], data: Float32Array.of(0, 0, s, 0.1) },
    'layers.1.output.weight': { shape: [2, 8], data: new Float32Array(16) },
    'layers.1.output.bias': { shape: [2], data: new Float32Array(2) },
  });

  it('finds scales that round everything else away, and those that overflow', async () => {
    expect(judge('scale-blow-up', await looked(model, backend(), { changes: withScale(5) }))).toBe('ok');
    const steep = judge('scale-blow-up', await looked(model, backend(), { changes: withScale(-20) }));
    expect(steep).toMatchObject({ severity: 'warning', title: 'Log-scales reach 20 in layer 1 (coupling)' });
    expect(evidenceOf(steep)['Log-scale of layer 1 (coupling) over 60 train rows']).toBe('-20 … 0.1');
    expect(judge('scale-blow-up', await looked(model, backend(), { changes: withScale(100) }))).toMatchObject({
      severity: 'error',
      title: 'Layer 1 (coupling) overflows',
    });
  });

  it('finds a layer that sits at its bound', async () => {
    const steep = { shape: [2, 8], data: new Float32Array(16).fill(0) };
    const changes = {
      'layers.1.output.weight': steep,
      'layers.1.output.bias': { shape: [2], data: Float32Array.of(0, 9) },
    };
    const found = judge('scale-blow-up', await looked(model, backend(), { changes }));
    expect(found).toMatchObject({ severity: 'info', title: '1 layer has most log-scales at their bound' });
    expect(evidenceOf(found)['At the bound of its form, layer 2 (coupling)']).toBe('100 % of 60 log-scales');
  });

  it('finds rows that lie beyond all that the base draws', async () => {
    const rows = realRows(60, 3);
    const far = { ...rows, values: Float32Array.from(rows.values, (own, at) => (at % 3 === 1 ? own + 5e5 : own)) };
    expect(judge('scale-blow-up', await looked(model, backend(), { rows: far }))).toMatchObject({
      title: /^u lies .* from the middle of the base$/,
      select: { kind: 'variable', variable: 1 },
    });
  });
});

onEveryRealBackend('singular-mixing', (backend) => {
  const model = flowOf([
    layer('act-norm', actNorm({ dimension: 3 })),
    layer('mixing', mixing({ dimension: 3 })),
    couple(bits(1, 0, 0)),
    couple(bits(0, 1, 1)),
  ]);
  const start = model.initialise(RandomGenerator.seeded(1, 'weights'));
  const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
  const judged = async (changes: NamedArrays) =>
    judge(
      'singular-mixing',
      await looked(model, backend(), { parameters: { ...initialParameters(model), ...start, ...changes } }),
    );

  it('is silent for a rotation, and for a matrix that stretches a little', async () => {
    expect(await judged({})).toBe('ok');
    const diagonal = {
      ...start['layers.1.logScale']!,
      data: start['layers.1.logScale']!.data.map((s, i) => s - 2 * i),
    };
    expect(await judged({ 'layers.1.logScale': diagonal })).toBe('ok');
  });

  it('finds rows of W in nearly one plane, and digits that are all lost', async () => {
    const shrunk = (by: number) => ({
      'layers.1.logScale': vector(...start['layers.1.logScale']!.data.map((s, i) => (i === 2 ? s - by : s))),
    });
    const near = await judged(shrunk(10));
    expect(near).toMatchObject({ severity: 'warning', title: '1 mixing layer is nearly singular' });
    expect(Number(evidenceOf(near)['Condition number of layer 2 (mixing)'])).toBeGreaterThan(4096);
    expect(await judged(shrunk(20))).toMatchObject({ severity: 'error' });
  });

  it('finds an ActNorm with a scale next to 0', async () => {
    const found = await judged({ 'layers.0.logScale': vector(0, -9, 0.5) });
    expect(found).toMatchObject({ severity: 'warning', title: 'A scale of layer 1 (act-norm) is next to 0' });
  });
});
