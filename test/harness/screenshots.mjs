/** `npm run screenshots`: takes the pictures of README.md from the real thing, into media/screenshots/. */
import path from 'node:path';
import { build } from './build.mjs';
import { run } from './command.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';
import { needSystemPackages } from './systemPackages.mjs';

await runMain(async () => {
  await build();
  await needSystemPackages(['chromium'], 'Taking screenshots');
  const file = path.join(root, 'test/harness/screenshots.ts');
  await run(process.execPath, ['--import', './test/harness/typescript.mjs', file], { cwd: root, show: true });
});
