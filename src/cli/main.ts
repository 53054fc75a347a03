/** Entry of `dist/cli.cjs`. */
import { main } from './lens.ts';

void main(process.argv.slice(2)).then((code) => {
  // Everything written first, then an exit by hand: the wasm backend may hold threads.
  process.stdout.write('', () => process.exit(code));
});
