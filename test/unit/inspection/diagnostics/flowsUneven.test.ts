/** Sound flows that stretch so unevenly that float32 loses digits: nobody is accused, and what is wrong is still found. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { FlowLayer } from '../../../../src/flows/flow.ts';
import { coupling } from '../../../../src/flows/coupling.ts';
import { maskedAutoregressive } from '../../../../src/flows/maskedAutoregressive.ts';
import { minus } from '../../../../src/flows/sums.ts';
import type { NamedArrays } from '../../../../src/models/model.ts';
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

onEveryRealBackend('log-det of flows that stretch unevenly', (backend, name) => {
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
    const cancelled = Math.abs(whole!.stated - whole!.measured) > 1.1e-3;
    // How products are rounded is each backend's own: others may lose nothing here, and then there is nothing to say.
    if (name === 'wasm' || name === 'cpu') expect(cancelled).toBe(true);
    if (!cancelled) {
      expect(judge('log-det', context)).not.toMatchObject({ severity: 'error' });
      return;
    }
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
    const { whole } = context.flowLogDet!;
    const measured = whole!.measured;
    const own = { stated: measured / 8 + 9e-4, measured: measured / 8, leaks: 0, largestLeak: null };
    const together = { stated: measured + 8 * 9e-4, measured };
    const flowLogDet = {
      ...context.flowLogDet!,
      whole: together,
      layers: stretching().map((_, layer) => ({ ...own, layer })),
      byLayers: together,
    };
    expect(judge('log-det', { ...context, flowLogDet })).toMatchObject({ severity: 'error' });
  });
});

/** One layer of MAF, of the kind t_d = slope · x_(d−1), s_d = 0: it undoes itself along the order, and so grows. */
function chain(dimension: number, slope: number): { own: FlowLayer; parameters: NamedArrays } {
  // Two units of each degree carry x_d on, for what is above 0 and for what is below.
  const degrees = Int32Array.from({ length: 2 * (dimension - 1) }, (_, k) => (k >> 1) + 1);
  const hidden = degrees.length;
  const structure = {
    order: Int32Array.from({ length: dimension }, (_, d) => d + 1),
    hidden: [degrees],
    direct: false,
  };
  const own = layer(
    'autoregressive',
    maskedAutoregressive({
      ...{ structure, activation: 'relu', contextDimension: 0, scale: 'exponential', networks: 'one' },
    }),
  );
  const inward = new Float32Array(hidden * dimension);
  const outward = new Float32Array(2 * dimension * hidden);
  for (const [k, degree] of degrees.entries()) {
    const sign = k % 2 === 0 ? 1 : -1;
    inward[k * dimension + degree - 1] = sign;
    outward[degree * hidden + k] = sign * slope;
  }
  const named = (
    name: string,
    shape: number[],
    data = new Float32Array(shape.reduce((all, size) => all * size, 1)),
  ) => [`layers.0.network.${name}`, { shape, data }];
  const parameters = Object.fromEntries([
    named('hidden.0.weight', [hidden, dimension], inward),
    named('hidden.0.bias', [hidden]),
    named('output.weight', [2 * dimension, hidden], outward),
    named('output.bias', [2 * dimension]),
  ]) as NamedArrays;
  return { own, parameters };
}

/** The same with a way back that is off by 2 %, in both of its forms. */
const astray = (own: FlowLayer): FlowLayer =>
  altered(own, {
    inverse(y, inputs) {
      const { x, logDet } = own.bijector.inverse(y, inputs);
      return { x: tf.mul(x, 1.02), logDet };
    },
    incremental: {
      direction: 'inverse',
      *compute(...given) {
        const found = yield* own.bijector.incremental!.compute(...given);
        return { ...found, values: found.values.map((x) => 1.02 * x) };
      },
    },
  });

onEveryRealBackend('inverse-error of an autoregressive layer', (backend) => {
  const random = RandomGenerator.seeded(1, 'x');
  const rowsOf = (columns: number) => ({
    ...{ rows: 200, columns, values: Float32Array.from({ length: 200 * columns }, () => random.normal()) },
  });
  const lookedAt = (own: FlowLayer, parameters: NamedArrays) =>
    looked(flowOf([own]), backend(), { parameters, rows: rowsOf(own.bijector.dimension) });

  it('tells rounding that grows along the order from a way back that is another map', async () => {
    const { own, parameters } = chain(8, 6);
    const sound = await lookedAt(own, parameters);
    // x₈ is lost by more than 1 %, and f of it is what it was.
    expect(sound.roundTrip!.whole!).toBeGreaterThan(0.005);
    expect(sound.roundTrip!.layers[0]!.again!).toBeLessThan(1e-5);
    const found = judge('inverse-error', sound);
    expect(found).toMatchObject({
      title: 'Rows do not come back through layer 1 (autoregressive)',
      explanation: expect.stringContaining('the way back is that of f') as unknown,
    });
    expect(Object.keys(evidenceOf(found))).toContain('Error of f(f⁻¹(y)), of what f adds up to y');
    expect(judge('log-det', sound)).toBe('ok');
  });

  it.each([8, 70])('finds one of %i variables that is another map', async (dimension) => {
    const { own, parameters } = chain(dimension, 0.5);
    expect(judge('inverse-error', await lookedAt(own, parameters))).toBe('ok');
    expect(judge('inverse-error', await lookedAt(astray(own), parameters))).toMatchObject({
      severity: 'error',
      explanation: expect.stringMatching(/^f of what comes back is not what it was of x: .* another map/) as unknown,
    });
  });
});
