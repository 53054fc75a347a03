/** WebAssembly text of `src/backends/wasm`, assembled. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

/** The module that a test writes beside `<name>.wat`: for a memory of one thread, and for one that threads share. */
export async function assembled(name: string): Promise<string> {
  const source = readFileSync(
    fileURLToPath(new URL(`../../../src/backends/wasm/${name}.wat`, import.meta.url)),
    'utf8',
  );
  const own = '(memory 0)';
  if (source.split(own).length !== 2) throw new Error(`${name}.wat does not import one ${own}`);
  const features = { simd: true, bulk_memory: true, threads: true };
  const { parseWat } = await wabt();
  const base64 = (text: string) => {
    const module = parseWat(`${name}.wat`, text, features);
    const bytes = Buffer.from(module.toBinary({}).buffer);
    module.destroy();
    // Its own way to validate knows no threads.
    if (!WebAssembly.validate(bytes)) throw new Error(`${name}.wat is not valid`);
    return bytes.toString('base64');
  };
  return (
    `/** \`${name}.wat\` assembled, in base64. A test writes it and compares the two; not for editing. */\n` +
    `export const ${name}Module = {\n  own: '${base64(source)}',\n` +
    `  shared:\n    '${base64(source.replace(own, '(memory 0 65536 shared)'))}',\n};\n`
  );
}
