/** Loads an addon in a process of its own and multiplies two matrices with it. */
import { SetupError } from './errors.ts';
import type { Machine } from './machine.ts';

/** What runs the addon in the end: a Node, or the editor's Electron as one. */
export interface Runtime {
  readonly execPath: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Checked {
  /** TensorFlow's version, as the loaded library tells it. */
  readonly version: string;
  /** Whether it computes on a graphics card. */
  readonly gpu: boolean;
  /** What the library itself said about cards, for a reason. */
  readonly complaint: string | null;
}

/** The addon's raw interface: tensors by number, operations by name. */
const PROGRAM = `
const tf = require(process.argv[1]);
const matrix = tf.createTensor([2, 2], tf.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
const attributes = [
  { name: 'transpose_a', type: tf.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: tf.TF_ATTR_BOOL, value: false },
  { name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT },
];
const [product] = tf.executeOp('MatMul', attributes, [matrix, matrix], 1);
const values = Array.from(tf.tensorDataSync(product.id));
process.stdout.write('\\n' + JSON.stringify({ values, version: tf.TF_Version, gpu: tf.isUsingGpuDevice() }) + '\\n');
`;
const EXPECTED = '[7,10,15,22]';
/** The first use of a card may compile code for it. */
const PATIENCE_MS = 5 * 60_000;

/** @throws SetupError when the addon does not load, or does not multiply; SetupCancelled */
export async function checkAddon(
  machine: Machine,
  binding: string,
  runtime: Runtime,
  o: { signal?: AbortSignal | undefined; onLine: (line: string) => void },
): Promise<Checked> {
  const { status, stdout, output, reason } = await machine.run(runtime.execPath, ['-e', PROGRAM, binding], {
    env: { ...runtime.env, TF_CPP_MIN_LOG_LEVEL: '0' },
    timeoutMs: PATIENCE_MS,
    ...o,
  });
  const failed = (why: string) =>
    new SetupError(
      `The addon was made, but does not work: ${why}`,
      'The log has all of what it said. A library for another kind of processor or an older system (glibc) shows up like this; another TensorFlow version in a Python of yours may fit (likelihoodLens.pythonPath, --python).',
    );
  const lines = output.split('\n').map((line) => line.trim());
  if (status !== 0) {
    const telling = lines.find((line) =>
      /^\w*Error:|cannot open shared|undefined symbol|GLIBC|Illegal instruction/.test(line),
    );
    throw failed(telling ?? lines.findLast((line) => line !== '') ?? reason);
  }
  const answer = stdout.split('\n').findLast((line) => line.startsWith('{'));
  if (answer === undefined) throw failed('it gave no answer');
  const { values, version, gpu } = JSON.parse(answer) as { values: number[]; version: string; gpu: boolean };
  if (JSON.stringify(values) !== EXPECTED)
    throw failed(`it computed ${JSON.stringify(values)} where ${EXPECTED} is right`);
  const complaint = lines.find((line) =>
    /Cannot dlopen|Could not load dynamic library|failed call to cuInit|CUDA_ERROR|Could not find cuda drivers/.test(
      line,
    ),
  );
  return { version, gpu, complaint: gpu || complaint === undefined ? null : complaint.replace(/^.*?\]\s*/, '') };
}
