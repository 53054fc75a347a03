/** Where ONNX Runtime is: the native part of the npm package `onnxruntime-node`, one folder a platform. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findPackage, type Found } from '../native/find.ts';

export const ONNX_RUNTIME = 'onnxruntime_binding.node';
const PACKAGE = 'onnxruntime-node';
/** In the packed extension, beside its scripts: the package's native part, laid out as there. */
export const PACKED = 'onnxruntime';

/**
 * `$LENS_ONNXRUNTIME` (the file, the package's folder, or a project that has the package), what is packed in `start`, or
 * `node_modules` above it.
 */
export function findOnnxRuntime(start: string, env: NodeJS.ProcessEnv = process.env): Found {
  const pointed = env['LENS_ONNXRUNTIME'];
  if (pointed) return fromUser(resolve(pointed));
  const packed = join(start, PACKED);
  const folder = existsSync(nativePart(packed)) ? packed : findPackage(PACKAGE, start);
  if (folder === null) {
    return {
      file: null,
      reason: `the npm package \`${PACKAGE}\` is not installed; LENS_ONNXRUNTIME can name a folder that has it`,
    };
  }
  const file = nativePart(folder);
  return existsSync(file)
    ? { file, source: folder }
    : { file: null, reason: `${folder} has nothing for ${process.platform}-${process.arch}` };
}

function fromUser(path: string): Found {
  if (!existsSync(path)) return { file: null, reason: `LENS_ONNXRUNTIME names ${path}, which is not there` };
  if (!statSync(path).isDirectory()) return { file: path, source: path };
  const file = [path, join(path, 'node_modules', PACKAGE)].map(nativePart).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    return { file: null, reason: `LENS_ONNXRUNTIME names ${path}, which has no ${nativePart('')}` };
  }
  return { file, source: path };
}

/** The Node-API version is that of the package, whatever Node has. */
function nativePart(folder: string): string {
  return join(folder, 'bin', 'napi-v6', process.platform, process.arch, ONNX_RUNTIME);
}

/** As the package's own file says, four folders above the native part; null where it is elsewhere. */
export function onnxRuntimeVersion(file: string): string | null {
  const folder = dirname(dirname(dirname(dirname(dirname(file)))));
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
