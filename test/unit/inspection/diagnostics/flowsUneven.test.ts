/** Sound flows that stretch so unevenly that float32 loses digits: nobody is accused, and what is wrong is still found. */
import { expect, it } from 'vitest';
import type { FlowLayer } from '../../../../src/flows/flow.ts';
import { coupling } from '../../../../src/flows/coupling.ts';
import { minus } from '../../../../src/flows/sums.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { altered, bits, flowOf, layer, looked, onEveryRealBackend } from './flowSpecimens.ts';
import { evidenceOf, judge } from './judge.ts';

/** Eight couplings of two variables in turn whose log-scales reach far. */
function stretching(): FlowLayer[] {
  return Array.from({ length: 8 }, (_, l) =>
    layer(
      'coupling',
      coupling({
        ...{ passes: l % 2 === 0 ? bits(1, 0) : bits(0, 1), hidden: [16], contextDimension: 0 },
        ...{ activation: 'tanh', law: 'tanh' },
      }),
    ),
  );
}

onEveryRealBackend('log-det of flows that stretch unevenly', (backend) => {
  const lookedAt = (layers: readonly FlowLayer[]) => {
    const model = flowOf(layers);
    const random = RandomGenerator.seeded(2, 'x');
    const parameters = Object.fromEntries(
      Object.entries(model.initialise(random)).map(([name, { shape, data }]) => [
        name,
        {
          shape,
          data: Float32Array.from(data, (own) => {
            if (name.includes('output.weight')) return 2 * random.normal();
            return name.includes('hidden') ? own + 0.5 * random.normal() : own;
          }),
        },
      ]),
    );
    const rows = { rows: 200, columns: 2, values: Float32Array.from({ length: 400 }, () => random.normal()) };
    return looked(model, backend(), { parameters, rows });
  };

  it('says of sound layers that float32 cancels out, and accuses none', async () => {
    const context = await lookedAt(stretching());
    const { whole, byLayers, layers } = context.flowLogDet!;
    expect(Math.abs(whole!.stated - whole!.measured)).toBeGreaterThan(1.1e-3);
    expect(layers).toHaveLength(8);
    expect(Math.abs(byLayers!.stated - byLayers!.measured)).toBeLessThan(1e-4);
    // A grid finds a part of what is so uneven.
    expect(context.flowTotal).toMatchObject({ settled: false });
    expect(context.flowTotal!.value).toBeLessThan(0.95);
    const found = judge('log-det', context);
    expect(found).toMatchObject({
      severity: 'info',
      title: 'The Jacobian of the whole flow is too uneven for float32',
      explanation: expect.stringContaining('the density is right') as unknown,
    });
    expect(Object.keys(evidenceOf(found))).toHaveLength(3);
  });

  it('finds the one layer among them that is wrong', async () => {
    const layers = stretching();
    const own = layers[3]!;
    layers[3] = altered(own, {
      forward(x, inputs) {
        const { y, logDet } = own.bijector.forward(x, inputs);
        return { y, logDet: minus(logDet) };
      },
    });
    expect(judge('log-det', await lookedAt(layers))).toMatchObject({
      severity: 'error',
      explanation: expect.stringMatching(/^Wrong is layer 4 \(coupling\)\. The two differ by their sign/) as unknown,
    });
  });

  it('finds layers that each are right by a hair and are wrong together', async () => {
    const context = await lookedAt(stretching());
    const { layers, byLayers } = context.flowLogDet!;
    const flowLogDet = {
      ...context.flowLogDet!,
      layers: layers.map((two) => ({ ...two, stated: two.measured + 9e-4 })),
      byLayers: { ...byLayers!, stated: byLayers!.measured + 8 * 9e-4 },
    };
    expect(judge('log-det', { ...context, flowLogDet })).toMatchObject({ severity: 'error' });
  });
});
