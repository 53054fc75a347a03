/** Kernels that compute entry by entry. */
import { NotCompilable } from '../../compiled.ts';
import type { Graph, Value } from '../graph.ts';
import { type Call, isSameShape, type Translation, type Translations } from './translation.ts';

/** An ONNX operation of the same meaning. */
const unary =
  (operation: string): Translation =>
  ({ graph, inputs: { x }, output }) =>
    graph.node(operation, [x!], output);

const binary =
  (operation: string): Translation =>
  ({ graph, inputs: { a, b }, output }) =>
    combined(graph, operation, [a!, b!], output);

/** Operations that leave one operand as it is where the other is this number, and on which side that may stand. */
const neutral: Readonly<Record<string, readonly [number, 'either' | 'right']>> = {
  Add: [0, 'either'],
  Sub: [0, 'right'],
  Mul: [1, 'either'],
  Div: [1, 'right'],
};

/** An operation on two values that broadcasts, on as few numbers as will do. */
function combined(graph: Graph, operation: string, values: readonly [Value, Value], output: Call['output']): Value {
  const [a, b] = [narrow(graph, values[0], values[1], output), narrow(graph, values[1], values[0], output)];
  const [number, side] = neutral[operation] ?? [NaN, 'right'];
  const fits = (value: Value) => isSameShape(value.shape, output.shape) && value.type === output.type;
  if (everywhere(b) === number && fits(a)) return a;
  if (side === 'either' && everywhere(a) === number && fits(b)) return b;
  return graph.node(operation, [a, b], output);
}

/** The number that a constant is everywhere; null where there is none. */
function everywhere({ values }: Value): number | null {
  if (values === null || values.length === 0 || values instanceof BigInt64Array) return null;
  const first = values[0]!;
  return values.every((value) => value === first) ? first : null;
}

/** What a value was before it was repeated, where the other one has the shape of the output anyway. */
function narrow(graph: Graph, value: Value, other: Value, { shape }: Call['output']): Value {
  if (!isSameShape(other.shape, shape) || value === other) return value;
  const same = everywhere(value);
  if (same !== null && value.type !== 'int64') return value.shape.length === 0 ? value : graph.scalar(same, value.type);
  const { operation, inputs: [from] = [] } = value.from ?? {};
  if (operation !== 'Expand' || !from) return value;
  return from;
}

/** x > 0 ? 1 : alpha; NaN stays. */
const step: Translation = ({ graph, inputs, attributes, output }) => {
  const x = inputs['x']!;
  const positive = graph.node('Greater', [x, graph.scalar(0)], { type: 'bool', shape: x.shape });
  const alpha = graph.scalar(attributes['alpha'] as number);
  const stepped = graph.node('Where', [positive, graph.scalar(1), alpha], output);
  const isNaN = graph.node('IsNaN', [x], { type: 'bool', shape: x.shape });
  return graph.node('Where', [isNaN, x, stepped], output);
};

/**
 * A product, in fewer passes over the memory where one factor is a step: z · step(z) is max(z, 0), which keeps NaN as
 * well; of g · step(h) the step is 0 where h is NaN: by then what is computed from h is NaN itself.
 */
const multiply: Translation = (call) => {
  const { graph, output, traced, inputs } = call;
  for (const [step, factor] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const { kernel, attributes, inputs: of } = traced.inputs[step]!.from ?? {};
    if (kernel !== 'Step' || attributes?.['alpha'] !== 0 || !isSameShape(inputs[step]!.shape, output.shape)) continue;
    const zero = graph.scalar(0);
    if (of!['x'] === traced.inputs[factor]) return graph.node('Max', [inputs[factor]!, zero], output);
    // Where(IsNaN(x), x, …): what the step is of.
    const x = inputs[step]!.from!.inputs[1]!;
    const positive = graph.node('Greater', [x, zero], { type: 'bool', shape: x.shape });
    // ONNX Runtime chooses at half the speed at which it multiplies.
    const one = graph.node('Cast', [positive], output, { to: { type: output.type } });
    return graph.node('Mul', [inputs[factor]!, one], output);
  }
  return binary('Mul')(call);
};

/** exp(x) − 1 without cancellation: tanh(x/2) (exp(x) + 1). */
const expm1: Translation = ({ graph, inputs, output }) => {
  const x = inputs['x']!;
  const tanh = graph.node('Tanh', [graph.node('Mul', [x, graph.scalar(0.5)], output)], output);
  const sum = graph.node('Add', [graph.node('Exp', [x], output), graph.scalar(1)], output);
  return graph.node('Mul', [tanh, sum], output);
};

/** log(1 + x) without cancellation: with u = 1 + x as rounded, x log(u) / (u − 1), and x where u = 1 (Kahan). */
const log1p: Translation = ({ graph, inputs, output }) => {
  const x = inputs['x']!;
  const one = graph.scalar(1);
  const u = graph.node('Add', [x, one], output);
  const log = graph.node('Log', [u], output);
  const corrected = graph.node(
    'Mul',
    [log, graph.node('Div', [x, graph.node('Sub', [u, one], output)], output)],
    output,
  );
  // Where x is lost in 1 + x, or 1 is: there is nothing to correct.
  const isOne = graph.node('Equal', [u, one], { type: 'bool', shape: u.shape });
  const isX = graph.node('Equal', [u, x], { type: 'bool', shape: u.shape });
  return graph.node('Where', [isOne, x, graph.node('Where', [isX, log, corrected], output)], output);
};

/** Below it 1 + e loses more digits of e than log(1 + e) differs from e. */
const SMALL = 2 ** -12;

/** max(x, 0) + log(1 + exp(−|x|)): ONNX Runtime's own operation takes four times as long. */
const softplus: Translation = ({ graph, inputs, output }) => {
  const x = inputs['x']!;
  const e = graph.node('Exp', [graph.node('Neg', [graph.node('Abs', [x], output)], output)], output);
  const log = graph.node('Log', [graph.node('Add', [e, graph.scalar(1)], output)], output);
  const isSmall = graph.node('Less', [e, graph.scalar(SMALL)], { type: 'bool', shape: x.shape });
  const rest = graph.node('Where', [isSmall, e, log], output);
  return graph.node('Add', [graph.node('Max', [x, graph.scalar(0)], output), rest], output);
};

/** The same number everywhere. */
const filled =
  (number: number): Translation =>
  ({ graph, output: { type, shape } }) =>
    graph.node('Expand', [graph.scalar(number, type), graph.integers(shape)], { type, shape });

const negated =
  (operation: string): Translation =>
  ({ graph, inputs: { a, b }, output }) =>
    graph.node('Not', [graph.node(operation, [a!, b!], output)], output);

export const elementwise: Translations = {
  Abs: unary('Abs'),
  Atan: unary('Atan'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Elu: unary('Elu'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Expm1: expm1,
  Floor: unary('Floor'),
  IsNan: unary('IsNaN'),
  Log: unary('Log'),
  Log1p: log1p,
  LogicalNot: unary('Not'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  // Not ONNX' Relu, which may turn NaN into 0.
  Relu: ({ graph, inputs: { x }, output }) => graph.node('Max', [x!, graph.scalar(0, output.type)], output),
  Round: unary('Round'),
  Rsqrt: ({ graph, inputs: { x }, output }) => graph.node('Reciprocal', [graph.node('Sqrt', [x!], output)], output),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Softplus: softplus,
  Sqrt: unary('Sqrt'),
  Square: ({ graph, inputs: { x }, output }) => graph.node('Mul', [x!, x!], output),
  Step: step,
  Tanh: unary('Tanh'),

  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: multiply,
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: ({ graph, inputs: { a, b }, output }) => {
    const difference = combined(graph, 'Sub', [a!, b!], output);
    return graph.node('Mul', [difference, difference], output);
  },
  AddN: ({ graph, inputs, output }) => graph.node('Sum', Object.values(inputs), output),

  Equal: binary('Equal'),
  NotEqual: negated('Equal'),
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),

  OnesLike: filled(1),
  ZerosLike: filled(0),

  ClipByValue: ({ graph, inputs: { x }, attributes, output }) => {
    const [least, most] = [attributes['clipValueMin'], attributes['clipValueMax']] as [number, number];
    return graph.node('Min', [graph.node('Max', [x!, graph.scalar(least)], output), graph.scalar(most)], output);
  },
  Select: ({ graph, inputs: { condition, t, e }, output }) => {
    if (!isSameShape(condition!.shape, output.shape)) throw new NotCompilable('one condition chooses many entries');
    return graph.node('Where', [condition!, t!, e!], output);
  },
};
