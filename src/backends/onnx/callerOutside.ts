/** Where in the program something is called, for people. */

/** What stands between the program and a kernel: TensorFlow.js, in files of its own or bundled, and this folder. */
const BETWEEN = /@tensorflow|src[\\/]backends[\\/](?:onnx[\\/]|fused\.ts)|\bEngine\d*\.|__op\b/;
/** "    at name (file:line:column)" or "    at file:line:column". */
const FRAME = /^\s*at (?:(?<name>.*?) \()?(?:file:\/\/)?(?<place>.+?:\d+):\d+\)?$/;

/**
 * File and line of the nearest caller that is neither TensorFlow.js nor the compiler: "src/layers/nade.ts:40"; in one
 * bundled file the function, too. Null where the stack does not tell.
 */
export function callerOutside(): string | null {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = before;
  for (const line of stack.split('\n').slice(1)) {
    const { name, place } = FRAME.exec(line)?.groups ?? {};
    if (place === undefined || BETWEEN.test(line)) continue;
    const short = place.replace(/^.*[\\/](?=(?:src|test|extension|dist)[\\/])/, '');
    return name && /\.cjs:/.test(place) ? `${short} (${name})` : short;
  }
  return null;
}
