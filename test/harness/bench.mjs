/** `npm run bench`: throughput per backend; what follows `--` goes to test/bench/main.ts. */
import path from 'node:path';
import { build } from './build.mjs';
import { run, tryRun } from './command.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await build();
  await run(process.execPath, ['esbuild.config.mjs', '--only=bench'], { cwd: root });
  const args = [path.join(root, 'dist/bench.cjs'), ...process.argv.slice(2)];
  // What it has to say it has said.
  process.exitCode = (await tryRun(process.execPath, args, { cwd: root, show: true })).status;
});
