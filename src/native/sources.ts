import { dirname, join } from 'node:path';

/**
 * Where the addon's C++ sources may be: beside the built program (`dist/native`), or in the package, in a node_modules
 * folder above.
 * @param from The folder of the running program.
 */
export function bindingSources(from: string): readonly string[] {
  const folders = [join(from, 'native')];
  for (let folder = from; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/binding'));
    if (dirname(folder) === folder) return folders;
  }
}
