/** `npm run gallery`: flows trained on the generated densities of the plane, and their pictures; see GALLERY.md. */
import { build } from './build.mjs';
import { run } from './command.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await build({ quiet: true });
  const hooks = ['--import', './test/harness/typescript.mjs'];
  await run(process.execPath, [...hooks, 'test/gallery/main.ts', ...process.argv.slice(2)], {
    cwd: root,
    show: true,
  });
});
