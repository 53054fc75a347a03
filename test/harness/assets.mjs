/** What dist/ holds besides bundles: WebAssembly files, the script that tries native libraries, the experiment's JSON Schema, the examples with their data. */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { exists } from './cache.mjs';
import { root } from './root.mjs';

const dist = path.join(root, 'dist');
const WASM = path.join(root, 'node_modules/@tensorflow/tfjs-backend-wasm');

export async function makeAssets() {
  await mkdir(dist, { recursive: true });
  await copyWasm();
  await cp(path.join(root, 'src/backends/native/nativeProbe.cjs'), path.join(dist, 'nativeProbe.cjs'));
  await copyAddonSources();
  await writeSchema();
  await makeExamples();
}

async function copyWasm() {
  for (const file of await readdir(path.join(WASM, 'dist'))) {
    if (file.endsWith('.wasm')) await cp(path.join(WASM, 'dist', file), path.join(dist, file));
  }
  // Every thread runs it.
  const script = 'tfjs-backend-wasm-threaded-simd.js';
  await cp(path.join(WASM, 'wasm-out', script), path.join(dist, script));
}

/** What native TensorFlow's addon is built from on the user's machine; the package is optional, and npm has it too. */
async function copyAddonSources() {
  const sources = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu/binding');
  if (await exists(sources)) await cp(sources, path.join(dist, 'native'), { recursive: true });
}

async function writeSchema() {
  const { editorJsonSchema } = /** @type {{ editorJsonSchema: () => unknown }} */ (
    await load('src/spec/editorSchema.ts')
  );
  await writeFile(path.join(dist, 'experiment.schema.json'), `${JSON.stringify(editorJsonSchema(), null, 2)}\n`);
}

/** Copies media/examples and makes its data sets, again only when what they are made of has changed. */
async function makeExamples() {
  const target = path.join(dist, 'examples');
  const stamp = path.join(dist, '.build', 'examples.made-from');
  const { writeExampleData } =
    /** @type {{ writeExampleData: (folder: string) => Promise<void>, code: Uint8Array }} */ (
      await load('src/data/examples.ts')
    );
  const inputs = createHash('sha256');
  inputs.update(await readFile(path.join(dist, '.build/examples.mjs')));
  inputs.update(await readFile(path.join(root, 'package-lock.json')));
  const made = inputs.digest('hex');
  if (!(await exists(target)) || !(await exists(stamp)) || (await readFile(stamp, 'utf8')) !== made) {
    const temporary = path.join(dist, '.build/examples');
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await writeExampleData(temporary);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
    await writeFile(stamp, made);
  }
  await cp(path.join(root, 'media/examples'), target, { recursive: true });
}

/**
 * Bundles a module of the tree (not the packages it uses) and loads it.
 * @param {string} file
 * @returns {Promise<unknown>}
 */
async function load(file) {
  const name = path.basename(file, '.ts');
  const outfile = path.join(dist, '.build', `${name}.mjs`);
  await build({
    entryPoints: [path.join(root, file)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return import(`${pathToFileURL(outfile).href}?${Date.now()}`);
}
