/** That nothing is reported: ONNX Runtime's builds do so by themselves, with an identifier that they keep in the home folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnnxRuntime } from '../../../../src/backends/onnx/find.ts';

const backends = path.join(import.meta.dirname, '../../../../src/backends');
const { file } = findOnnxRuntime(import.meta.dirname);

if (file === null) it('reports nothing', (context) => context.skip('ONNX Runtime is not here'));
else if (process.platform === 'win32') it('reports nothing', (context) => context.skip('Windows keeps its events'));
else describe('ONNX Runtime', () => suite(file));

function suite(library: string): void {
  let folder: string;
  let bundled: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lens-telemetry-'));
    bundled = path.join(folder, 'binding.cjs');
    await build({
      entryPoints: [path.join(backends, 'onnx/binding.ts')],
      outfile: bundled,
      bundle: true,
      platform: 'node',
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What a process leaves in its home and temporary folder. It is told of no test or CI, for these report nothing anyway. */
  async function leftBy(...args: readonly string[]): Promise<string[]> {
    const home = await mkdtemp(path.join(folder, 'home-'));
    // Whatever would be sent ends at a port where nobody listens.
    const nowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
    await promisify(execFile)(process.execPath, args, {
      env: {
        ...nowhere,
        PATH: process.env['PATH'],
        HOME: home,
        XDG_CACHE_HOME: path.join(home, 'cache'),
        TMPDIR: home,
      },
    });
    return readdir(home, { recursive: true });
  }

  const loading = `const binding = require(${JSON.stringify(library)});`;

  it('would report if it were started as it comes, or this test could not fail', async () => {
    const left = await leftBy('-e', `${loading} binding.initOrtOnce(3, class {}, true);`);
    expect(left.join(' ')).toMatch(/deviceid/i);
  });

  it('reports nothing', async () => {
    const start = `require(${JSON.stringify(bundled)}).initialise(binding);`;
    expect(await leftBy('-e', `${loading} ${start}`)).toEqual([]);
  });

  it('reports nothing when it is tried', async () => {
    expect(await leftBy(path.join(backends, 'native/nativeProbe.cjs'), 'onnx', library, 'cpu')).toEqual([]);
  });

  it('does not start in a thread where that could not be turned off', async () => {
    const code = `require(${JSON.stringify(bundled)}).initialise({ initOrtOnce() {} })`;
    const ended = new Promise((resolve) => {
      new Worker(code, { eval: true }).once('error', resolve).once('exit', resolve);
    });
    expect(String(await ended)).toContain('telemetry can be turned off in a main thread alone');
  });
}
