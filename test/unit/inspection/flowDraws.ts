/** Rows that a flow draws itself: for such data its base fits. */
import type { InspectionSource } from '../../../src/inspection/source.ts';
import { download } from '../../../src/layers/namedTensors.ts';
import type { FlowModel } from '../../../src/models/flowModel.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

export async function flowModelDraws(model: FlowModel, source: InspectionSource, rows: number): Promise<Float32Array> {
  const parameters = await download(source.parameters);
  const random = RandomGenerator.seeded(11, 'draws of a flow');
  const work = model.sample(parameters, { rows, random, temperature: 1, mask: 0, context: null, given: null });
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value.values;
  }
}
