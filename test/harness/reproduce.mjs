/**
 * `npm run reproduce -- <name> …`: published figures beside ours; see test/reproduction/RESULTS.md.
 * `npm run reproduce -- curves <name> …`: the curves of Kingma & Welling 2014 with ours; see test/reproduction/curves.ts.
 */
import { build } from './build.mjs';
import { run } from './command.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await build({ quiet: true });
  const hooks = ['--import', './test/harness/typescript.mjs'];
  const [first, ...more] = process.argv.slice(2);
  const script = first === 'curves' ? ['curves.ts', ...more] : ['main.ts', ...process.argv.slice(2)];
  await run(process.execPath, [...hooks, `test/reproduction/${script[0]}`, ...script.slice(1)], {
    cwd: root,
    show: true,
  });
});
