/** `npm run -s lens -- …`: the command line, built first if its sources have changed; prints nothing of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './root.mjs';
import { runMain } from './say.mjs';

await runMain(async () => {
  await build({ quiet: true });
  // npm runs scripts at the package's top; paths on the command line are meant from where the user stands.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const child = spawn(process.execPath, [path.join(root, 'dist/cli.cjs'), ...process.argv.slice(2)], {
    cwd,
    stdio: 'inherit',
  });
  // Ctrl+C reaches the child by itself; here it only must not end this process before the child has.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  await new Promise((resolve) => {
    child.on('close', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
      resolve(undefined);
    });
  });
});
