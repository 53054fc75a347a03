import { expect, it } from 'vitest';
import { dependencyFrame } from '../../../src/inspection/dependency.ts';
import { frameOf } from '../../../src/inspection/frameOf.ts';
import { LAST_IN_ORDER } from '../../../src/inspection/frames.ts';
import { jacobianFrame } from '../../../src/inspection/jacobian.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { broken, leaky, made, sourceOf } from './specimens.ts';

const of = (source: InspectionSource, output: number, dataRows = 8) =>
  toEnd(dependencyFrame(snapshotOf(source, null), { output, dataRows }));

onEveryBackend('dependency frame', (backend) => {
  it('is the row of the Jacobian, and the inputs that the masks leave a path from', async () => {
    const model = made(9, { hidden: [24, 24], activation: 'tanh', order: 'random' });
    const source = sourceOf(model, backend());
    const { values, order } = await toEnd(jacobianFrame(snapshotOf(source, null), { dataRows: 8 }));
    for (const output of [0, 4, 8]) {
      const frame = await of(source, output);
      expect(frame).toMatchObject({ output, dimension: 9, dataRows: 8, layers: 4 });
      for (let input = 0; input < 9; input++) {
        expect(frame.strength[input]).toBeCloseTo(values[output * 9 + input]!, 5);
        expect(frame.reached[input]).toBe(order[output]! > order[input]! ? 1 : 0);
      }
    }
  });

  it('is of the output that comes last in the order unless one is chosen', async () => {
    const source = sourceOf(made(5, { order: 'reversed' }), backend());
    expect((await toEnd(frameOf({ kind: 'dependency', mask: null }, source))) as object).toMatchObject({ output: 0 });
    expect(await of(source, LAST_IN_ORDER)).toMatchObject({ output: 0 });
    const chosen = frameOf({ kind: 'dependency', mask: null, options: { output: 3 } }, source);
    expect((await toEnd(chosen)) as object).toMatchObject({ output: 3 });
  });

  it('shows leaks of the masks on both sides, those of a forgotten mask on the measured one alone', async () => {
    const wrong = await of(sourceOf(leaky(made(6, { hidden: [32] })), backend()), 3);
    expect([wrong.reached[3], wrong.strength[3]! > 0]).toEqual([1, true]);
    const forgetful = broken(made(6), {
      masks: (sound) => ({ ...sound, 'output.weight': { shape: [6, 12], data: new Float32Array(72).fill(1) } }),
    });
    const frame = await of(sourceOf(forgetful, backend()), 2);
    expect([...frame.reached]).toEqual([1, 1, 0, 0, 0, 0]);
    expect(frame.strength.slice(2).some((value) => value > 0)).toBe(true);
  });

  it('shows of a network over pixels the one in the middle, and what it would never see', async () => {
    const image = [3, 5] as const;
    const spec = {
      type: 'pixelcnn',
      image,
      stacks: 'single',
      features: 16,
      head: 16,
      layers: 2,
      firstKernel: 3,
    } as const;
    const model = createModel(modelSpec.parse({ ...spec, image: [...image] }), 15, 1);
    const frame = await of(sourceOf(model, backend()), LAST_IN_ORDER);
    expect(frame).toMatchObject({ output: 7, dimension: 15 });
    expect([...frame.reached]).toEqual([1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...frame.blind!]).toEqual(Array.from({ length: 15 }, (_, d) => (d === 4 ? 1 : 0)));
    for (const [d, strength] of frame.strength.entries()) if (frame.reached[d] === 0) expect(strength).toBe(0);
    expect(frame.strength.some((strength) => strength > 0)).toBe(true);
  });

  it('tells of a network over pixels behind which layer inputs come, and which colours hear which', async () => {
    const spec = { type: 'pixelcnn', image: [3, 4, 3], features: 9, head: 9, layers: 2, firstKernel: 3 };
    const source = sourceOf(createModel(modelSpec.parse(spec), 36, 1), backend());
    const { values } = await toEnd(jacobianFrame(snapshotOf(source, null), { dataRows: 8 }));
    const at = (output: number, input: number) => values[output * 36 + input]!;
    // Green of the sixth pixel.
    const { growth, channels, reached, strength } = await of(source, 16);
    expect(growth!.names).toEqual(['first layer', 'layer 1', 'layer 2']);
    for (const [d, one] of reached.entries()) expect(growth!.first[d]! >= 0 ? 1 : 0).toBe(one);
    // Red of its own pixel, the pixel to the left; what is above comes by the vertical stack, a layer later.
    expect([15, 12, 5].map((d) => growth!.first[d])).toEqual([0, 0, 1]);
    expect(channels).toMatchObject({ count: 3, pixel: 5 });
    expect([...channels!.own.paths]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0]);
    for (let to = 0; to < 3; to++) {
      for (let from = 0; from < 3; from++) {
        expect(channels!.own.strength[3 * to + from]).toBeCloseTo(at(15 + to, 15 + from), 5);
        let sum = 0;
        for (let pixel = 0; pixel < 5; pixel++) sum += at(15 + to, 3 * pixel + from);
        expect(channels!.earlier.strength[3 * to + from]).toBeCloseTo(sum, 4);
      }
    }
    for (const [d, own] of strength.entries()) expect(own).toBeCloseTo(at(16, d), 5);
  });

  it('refuses an output that is not there, and leaves no tensors behind', async () => {
    const { tf } = backend();
    const source = sourceOf(made(5), backend());
    const before = tf.memory().numTensors;
    const snapshot = snapshotOf(source, null);
    await toEnd(dependencyFrame(snapshot, { output: 2, dataRows: 4 }));
    await expect(toEnd(dependencyFrame(snapshot, { output: 5, dataRows: 4 }))).rejects.toThrow('no output 5');
    snapshot.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
