/** Where in the program something is called, for people. */

/** TensorFlow.js' functions on tensors, as stacks name them, also of a bundle whose names are shortened. */
const OPERATION = /__op\b/;
/** What stands between the program and a kernel: TensorFlow.js, in files of its own or bundled, and this folder. */
const BETWEEN = /@tensorflow|src[\\/]backends[\\/](?:onnx[\\/]|fused\.ts)|\bEngine\d*\.|__op\b|\bat \w+_\d* \(/;
/** "    at name (file:line:column)" or "    at file:line:column". */
const FRAME = /^\s*at (?:(?<name>.*?) \()?(?:file:\/\/)?(?<place>.+?:\d+):\d+\)?$/;

/**
 * File and line of the nearest caller that is neither TensorFlow.js nor the compiler: "src/layers/nade.ts:40"; in one
 * bundled file the function, too. Null where the stack does not tell.
 */
export function callerOutside(stack: string = currentStack()): string | null {
  const lines = stack.split('\n').slice(1);
  // In a bundle the compiler's own frames look like the program's; those of an operation come between.
  const operation = lines.findIndex((line) => OPERATION.test(line));
  for (const line of lines.slice(operation + 1)) {
    const { name, place } = FRAME.exec(line)?.groups ?? {};
    if (place === undefined || BETWEEN.test(line)) continue;
    const short = place.replace(/^.*[\\/](?=(?:src|test|extension|dist)[\\/])/, '');
    return name && /\.cjs:/.test(place) ? `${short} (${name})` : short;
  }
  return null;
}

function currentStack(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = before;
  return stack;
}
