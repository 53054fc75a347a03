import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';

/**
 * Code that is loaded on demand, for CommonJS. esbuild splits only ES modules, and without splitting an `import()` drags
 * in everything its module could ever use. So it builds split ES modules in memory, and each is turned into CommonJS.
 * @param {{ folder: string }} options `folder`: the output folder that holds nothing but the parts, emptied first
 * @returns {import('esbuild').Plugin}
 */
export function splitCommonJs({ folder }) {
  return {
    name: 'split-commonjs',
    setup(build) {
      const options = build.initialOptions;
      Object.assign(options, { format: 'esm', splitting: true, write: false, outExtension: { '.js': '.cjs' } });
      if (options.sourcemap) options.sourcemap = 'inline';
      build.onEnd(async ({ outputFiles, errors }) => {
        if (errors.length > 0 || outputFiles === undefined) return;
        await rm(folder, { recursive: true, force: true });
        await Promise.all(
          outputFiles.map(async (file) => {
            const { code } = await transform(file.text, {
              format: 'cjs',
              platform: 'node',
              target: options.target ?? 'node20',
              minify: options.minify ?? false,
              sourcemap: options.sourcemap ? 'inline' : false,
              sourcefile: path.basename(file.path),
            });
            await mkdir(path.dirname(file.path), { recursive: true });
            await writeFile(file.path, code);
          }),
        );
      });
    },
  };
}
