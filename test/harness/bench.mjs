/** `npm run bench`: throughput per backend; what follows `--` goes to test/bench/main.ts. */
import path from 'node:path';
import { build } from './build.mjs';
import { run } from './command.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await build();
  await run(process.execPath, ['esbuild.config.mjs', '--only=bench'], { cwd: root });
  await run(process.execPath, [path.join(root, 'dist/bench.cjs'), ...process.argv.slice(2)], { cwd: root, show: true });
});
