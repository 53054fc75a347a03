/** `node --import ./test/harness/typescript.mjs file.ts` runs TypeScript on Nodes that do not yet strip types. */
import { register } from 'node:module';

register('./typescriptHooks.mjs', import.meta.url);
