/** ONNX Runtime's native part for one platform, as the packed extension brings it: dist/onnxruntime, laid out as in npm. */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';
import { Failure } from './say.mjs';

const PACKAGE = path.join(root, 'node_modules/onnxruntime-node');
const BINARIES = path.join(PACKAGE, 'bin/napi-v6');
const PACKED = path.join(root, 'dist/onnxruntime');

/** @returns {Promise<string[]>} platforms that the package has files for, as VS Code calls them: "linux-x64" */
export async function onnxPlatforms() {
  const systems = await readdir(BINARIES).catch(() => []);
  const found = await Promise.all(
    systems.map(async (system) => (await readdir(path.join(BINARIES, system))).map((cpu) => `${system}-${cpu}`)),
  );
  return found.flat().sort();
}

/**
 * Puts the files of one platform in place while `body` runs. They do not stay: in a checkout the npm package itself is
 * found, whatever its version is then.
 * @template T
 * @param {string} target "linux-x64"
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 * @throws {Failure} when the package is not installed, or has nothing for the platform
 */
export async function withOnnxRuntime(target, body) {
  const platforms = await onnxPlatforms();
  if (!platforms.includes(target)) {
    throw new Failure(
      `onnxruntime-node has nothing for ${target}${platforms.length > 0 ? `; it has ${platforms.join(', ')}` : ', or is not installed'}.`,
      'name another platform with --target, or pack without it: npm run package -- --universal',
    );
  }
  await rm(PACKED, { recursive: true, force: true });
  try {
    const folder = path.join('bin/napi-v6', ...target.split('-'));
    await mkdir(path.join(PACKED, folder), { recursive: true });
    for (const part of ['package.json', folder]) {
      await cp(path.join(PACKAGE, part), path.join(PACKED, part), { recursive: true });
    }
    return await body();
  } finally {
    await rm(PACKED, { recursive: true, force: true });
  }
}
