/**
 * Everything in dist/: `node esbuild.config.mjs [--production] [--watch] [--only=extension,worker,cli,bench,gpu,webview,assets]`
 */
import { parseArgs } from 'node:util';
import { rm } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { makeAssets } from './test/harness/assets.mjs';
import { writeNotices } from './test/harness/notices.mjs';
import { splitCommonJs } from './test/harness/splitCjs.mjs';
import { tensorflowJs } from './test/harness/tensorflowJs.mjs';

const { values: flags } = parseArgs({
  options: { production: { type: 'boolean' }, watch: { type: 'boolean' }, only: { type: 'string' } },
});
const production = flags.production ?? false;

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none', // gathered whole in dist/ThirdPartyNotices.txt
  metafile: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // ES modules first: what is not used of them is left out.
  mainFields: ['module', 'main'],
  external: ['vscode'],
  plugins: [tensorflowJs()],
};
const moduleUrl = {
  define: { ...common.define, 'import.meta.url': 'moduleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/** @type {Record<string, esbuild.BuildOptions>} */
const targets = {
  // What activation does not need stands in dist/host/ and is loaded when it is first wanted.
  extension: {
    ...node,
    entryPoints: ['extension/extension.ts'],
    outdir: 'dist',
    chunkNames: 'host/[name]-[hash]',
    plugins: [splitCommonJs({ folder: 'dist/host' })],
  },
  worker: { ...node, ...moduleUrl, entryPoints: ['src/worker/main.ts'], outfile: 'dist/worker.cjs' },
  cli: {
    ...node,
    ...moduleUrl,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.cjs',
    banner: { js: `#!/usr/bin/env node\n${moduleUrl.banner.js}` },
  },
  bench: { ...node, ...moduleUrl, entryPoints: ['test/bench/main.ts'], outfile: 'dist/bench.cjs' },
  gpu: { ...node, ...moduleUrl, entryPoints: ['test/gpu/check.ts'], outfile: 'dist/gpu-check.cjs' },
  webview: {
    ...common,
    platform: 'browser',
    format: 'iife',
    entryPoints: ['webview/inspector.tsx'],
    outdir: 'dist/webview',
    loader: { '.ttf': 'file', '.woff': 'file', '.svg': 'dataurl' },
  },
};

const wanted = flags.only?.split(',') ?? [
  ...Object.keys(targets).filter((name) => name !== 'bench' && name !== 'gpu'),
  'assets',
];
const unknown = wanted.filter((name) => name !== 'assets' && !(name in targets));
if (unknown.length > 0)
  throw new Error(`--only names ${unknown.join(', ')}; there are ${Object.keys(targets).join(', ')}, assets`);

if (flags.only === undefined) await rm('dist/webview', { recursive: true, force: true });
if (wanted.includes('assets')) await makeAssets();

const chosen = wanted.filter((name) => name in targets).map((name) => targets[name] ?? {});
if (flags.watch) {
  const contexts = await Promise.all(chosen.map((options) => esbuild.context({ ...options, logLevel: 'info' })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.allSettled(chosen.map((options) => esbuild.build(options)));
  // esbuild has said what is wrong, at its file and line.
  if (results.some(({ status }) => status === 'rejected')) process.exit(1);
  const built = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.metafile] : []));
  if (flags.only === undefined) await writeNotices(built);
}
