/** `npm run gpu:check`: test/gpu/check.ts, built into one file; `--pack DIR` puts all that it needs elsewhere there. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';
import { exists } from './cache.mjs';
import { run, tryRun } from './command.mjs';
import { root } from './root.mjs';
import { runMain, say } from './say.mjs';
import { softwareVulkan } from './vulkan.mjs';

const dist = path.join(root, 'dist');

await runMain(async () => {
  await build();
  await run(process.execPath, ['esbuild.config.mjs', '--only=gpu'], { cwd: root });
  const args = process.argv.slice(2);
  const at = args.indexOf('--pack');
  if (at >= 0) {
    await pack(path.resolve(args[at + 1] ?? 'gpu-check'));
    return;
  }
  const env = { ...process.env, ...(await softwareVulkan()) };
  const check = [path.join(dist, 'gpu-check.cjs'), ...args];
  // What it has to say it has said.
  process.exitCode = (await tryRun(process.execPath, check, { cwd: root, env, show: true })).status;
});

/** @param {string} folder */
async function pack(folder) {
  await mkdir(folder, { recursive: true });
  const files = (await readdir(dist)).filter((name) => name.endsWith('.wasm') || name.startsWith('tfjs-backend-wasm'));
  for (const name of ['gpu-check.cjs', 'nativeProbe.cjs', ...files])
    await cp(path.join(dist, name), path.join(folder, name));
  const dawn = path.join(root, 'node_modules/webgpu/dist/linux-x64/dawn.node');
  if (await exists(dawn)) await cp(dawn, path.join(folder, 'dawn.node'));
  say(`Packed into ${folder}; test/gpu/README.md says how to run it`);
}
