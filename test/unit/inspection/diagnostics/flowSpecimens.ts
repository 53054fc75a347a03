/** Flows put together by hand, sound and broken, and what the diagnostics say of them. */
import type { Matrix } from '../../../../src/data/dataset.ts';
import { gaussian } from '../../../../src/flows/bases.ts';
import type { Bijector } from '../../../../src/flows/bijector.ts';
import { coupling } from '../../../../src/flows/coupling.ts';
import type { FlowLayer, FlowLayerKind } from '../../../../src/flows/flow.ts';
import { maskedAutoregressive } from '../../../../src/flows/maskedAutoregressive.ts';
import type { DiagnosticContext } from '../../../../src/inspection/diagnostics/context.ts';
import type { DiagnosticId } from '../../../../src/inspection/findings.ts';
import { disposeTensors, upload } from '../../../../src/layers/namedTensors.ts';
import { FlowModel } from '../../../../src/models/flowModel.ts';
import type { Model, NamedArrays } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import type { Backend } from '../../../../src/backends/backend.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { datasetOf, initialParameters } from '../specimens.ts';
import { contextOf, judge } from './judge.ts';

export const ofFlows: readonly DiagnosticId[] = [
  'log-det',
  'order-inverse',
  'inverse-error',
  'batch-norm',
  'bits-per-dim',
  'scale-blow-up',
  'singular-mixing',
  'untransformed',
  'slow-direction',
  'ignored-condition',
];

/** Rows of columns that depend on each other, at other places and of other sizes. */
export function realRows(rows: number, columns: number, contextColumns = 0): Matrix {
  const random = RandomGenerator.seeded(4, 'flows');
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const values = normals(rows * columns).map((own, at, all) => {
    const d = at % columns;
    return d === 0 ? own : 1 + d + own + 0.5 * all[at - 1]!;
  });
  return {
    ...{ rows, columns, values },
    ...(contextColumns > 0 && {
      context: { rows, columns: contextColumns, values: normals(rows * contextColumns) },
    }),
  };
}

export function levelRows(rows: number, columns: number, levels: number): Matrix {
  const random = RandomGenerator.seeded(4, 'levels');
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, () => random.integer(0, levels - 1)) };
}

export const networks = { hidden: [8], activation: 'tanh', contextDimension: 0 } as const;
export const bits = (...passes: number[]) => Uint8Array.from(passes);
export const couple = (passes: Uint8Array, law: 'tanh' | 'exponential' | 'additive' = 'tanh') =>
  layer('coupling', coupling({ ...networks, passes, law }));
/** Of three variables in their own order. */
export const masked = () =>
  layer(
    'autoregressive',
    maskedAutoregressive({
      structure: { order: Int32Array.of(1, 2, 3), hidden: [Int32Array.of(1, 2, 1, 2, 1, 2)], direct: false },
      ...{ activation: 'tanh', contextDimension: 0, scale: 'exponential', networks: 'one' },
    }),
  );
export const ring = Int32Array.of(1, 2, 0);

export function layer(kind: FlowLayerKind, bijector: Bijector): FlowLayer {
  return { kind, title: kind, about: 'of a specimen', bijector };
}

interface Composed {
  readonly levels?: number;
  readonly contextDimension?: number;
}

export function flowOf(layers: readonly FlowLayer[], { levels, contextDimension = 0 }: Composed = {}): FlowModel {
  const { dimension } = layers[0]!.bijector;
  return new FlowModel({
    type: 'realnvp',
    contextDimension,
    levels: levels ?? null,
    buffers: {},
    assemble: () => ({ dimension, layers, base: gaussian(dimension) }),
  });
}

/** Parameters as after some training: nothing at 0, and measured what is measured. */
export async function settled(model: Model, rows: Matrix, changes: NamedArrays = {}): Promise<NamedArrays> {
  let parameters: NamedArrays = { ...initialParameters(model), ...changes };
  for (const when of model.measured?.when ?? []) {
    const tensors = upload(parameters);
    const work = model.measured!.measure(when, tensors, rows);
    let step = await work.next();
    while (!step.done) step = await work.next();
    disposeTensors(tensors);
    parameters = { ...parameters, ...step.value };
  }
  return parameters;
}

interface Looked {
  readonly rows?: Matrix;
  readonly parameters?: NamedArrays;
  readonly changes?: NamedArrays;
  readonly step?: number;
}

export async function looked(model: Model, backend: Backend, o: Looked = {}): Promise<DiagnosticContext> {
  const rows = o.rows ?? realRows(60, model.dimension, model.contextDimension);
  const parameters = o.parameters ?? (await settled(model, rows, o.changes));
  return contextOf(model, backend, { dataset: datasetOf(rows), parameters, step: o.step ?? 10 });
}

/** What the diagnostics of flows say, but for those that are silent or do not apply. */
export function findings(context: DiagnosticContext): string[] {
  return ofFlows.flatMap((id) => {
    const found = judge(id, context);
    return typeof found === 'string' ? [] : [`${id}: ${found.title}`];
  });
}

/** Whole flows would take minutes where a GPU is imitated, and in plain JavaScript. */
export const onEveryRealBackend = (...[title, suite]: Parameters<typeof onEveryBackend>) =>
  onEveryBackend(title, suite, { everywhere: false });

/** The same layer with something else in one of its directions. */
export function altered(one: FlowLayer, changes: Partial<Bijector>): FlowLayer {
  return { ...one, bijector: { ...one.bijector, ...changes } };
}
