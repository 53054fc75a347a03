/** Opens the inspector's page in Chromium against the mock host: same bundle, same content policy as in the editor. */
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { MockControls } from './controls.ts';
import type { ScenarioName, ThemeName } from './names.ts';
import { pageHtml } from '../../../extension/panels/html.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const ORIGIN = 'http://inspector.test';
const NONCE = 'c2VjcmV0';

/** The host's own page, with the editor's part added: its styles, and the stand-in for what is behind it. */
const HTML = pageHtml({
  cspSource: ORIGIN,
  nonce: NONCE,
  script: '/inspector.js',
  style: '/inspector.css',
  title: 'Inspector',
})
  .replace('<link', '<link rel="stylesheet" href="/webview.css"><link')
  .replace('<body>', `<body><script nonce="${NONCE}" src="/host.js"></script>`);

/** The host's code names Node's modules in places that the page never comes to. */
const withoutNode: esbuild.Plugin = {
  name: 'without-node',
  setup: (build) => {
    build.onResolve({ filter: /^node:/ }, ({ path: name }) => ({ path: name, namespace: 'nothing' }));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

interface Files {
  readonly [path: string]: { readonly contentType: string; readonly body: string };
}

let built: Promise<Files> | null = null;

async function build(): Promise<Files> {
  const bundle = async (entry: string) => {
    const { outputFiles } = await esbuild.build({
      entryPoints: [path.join(root, entry)],
      bundle: true,
      write: false,
      outdir: '/out',
      format: 'iife',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'warning',
      plugins: [withoutNode],
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    const text = (suffix: string) => outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
    return { script: text('.js'), style: text('.css') };
  };
  const [page, host] = await Promise.all([bundle('webview/inspector.tsx'), bundle('test/browser/mock/host.ts')]);
  return {
    '/': { contentType: 'text/html', body: HTML },
    '/inspector.js': { contentType: 'text/javascript', body: page.script },
    '/inspector.css': { contentType: 'text/css', body: page.style },
    '/host.js': { contentType: 'text/javascript', body: host.script },
    '/webview.css': {
      contentType: 'text/css',
      body: await readFile(path.join(import.meta.dirname, 'webview.css'), 'utf8'),
    },
  };
}

export interface InspectorOptions {
  readonly scenario?: ScenarioName;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Batches trained every tenth of a second. */
  readonly pace?: number;
  readonly reducedMotion?: boolean;
}

export interface Inspector {
  readonly page: Page;
  /** Errors that reached the console, content policy reports and uncaught exceptions included. */
  readonly errors: readonly string[];
  /** Runs a function with the mock host's controls, in the page. */
  mock<T, A>(work: (mock: MockControls, argument: A) => T, argument: A): Promise<Awaited<T>>;
  mock<T>(work: (mock: MockControls) => T): Promise<Awaited<T>>;
  close(): Promise<void>;
}

/** @throws Error when the page has not shown its head within ten seconds */
export async function openInspector(browser: Browser, o: InspectorOptions = {}): Promise<Inspector> {
  const files = await (built ??= build());
  const context = await browser.newContext({
    viewport: { width: o.width ?? 1000, height: o.height ?? 800 },
    reducedMotion: o.reducedMotion ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  await page.route('**/*', (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.fulfill({ status: 404, body: '' });
  });
  const query = new URLSearchParams({
    scenario: o.scenario ?? 'small',
    theme: o.theme ?? 'dark',
    pace: String(o.pace ?? 0),
  });
  await page.goto(`${ORIGIN}/?${query.toString()}`);
  await page.locator('h1').waitFor();
  const mock = (work: (mock: MockControls, argument: unknown) => unknown, argument?: unknown) =>
    page.evaluate(`(${work.toString()})(window.mock, ${JSON.stringify(argument ?? null)})`);
  return { page, errors, mock: mock, close: () => context.close() };
}
