import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Runtimes, type RuntimeSettings } from '../../../extension/worker/runtime.ts';
import type { NodeAnswer } from '../../../src/native/nodes.ts';
import type { BackendChoice } from '../../../src/protocol/worker.ts';

const NODE: NodeAnswer = { node: { path: '/usr/bin/node', version: '22.1.0' } };

function runtimes(
  o: { settings?: Partial<RuntimeSettings>; electron?: boolean; answer?: NodeAnswer; dawn?: boolean } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'lens-runtime-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'dist/worker.cjs');
  if (o.dawn) {
    mkdirSync(join(folder, 'node_modules/webgpu'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/webgpu/package.json'), '{}');
  }
  const asked: (string | null)[] = [];
  const log: string[] = [];
  const made = new Runtimes({
    settings: () => ({ nodePath: '', tensorflowPath: '', webgpuPath: '', onnxruntimePath: '', ...o.settings }),
    nativeRoot: '/storage/native-tensorflow',
    file,
    findNode: (named) => {
      asked.push(named);
      return Promise.resolve(o.answer ?? NODE);
    },
    log: (level, text) => log.push(`${level}: ${text}`),
    host: {
      execPath: '/editor',
      electron: o.electron ?? true,
      env: { HOME: '/home', ELECTRON_RUN_AS_NODE: '1' },
    },
  });
  return { asked, log, made, path: async (backend: BackendChoice) => (await made.for(backend)).execPath };
}

describe('what runs the child', () => {
  it('is the editor’s own runtime, told that it is a Node', async () => {
    const { made, asked } = runtimes();
    for (const backend of ['auto', 'wasm', 'cpu', 'tensorflow', 'tensorflow-gpu'] as const) {
      const { execPath, env } = await made.for(backend);
      expect({ backend, execPath }).toEqual({ backend, execPath: '/editor' });
      expect(env).toMatchObject({
        HOME: '/home',
        ELECTRON_RUN_AS_NODE: '1',
        LENS_NATIVE: '/storage/native-tensorflow',
      });
    }
    expect(asked).toEqual([]);
  });

  it('is a real Node for webgpu under Electron, looked for once', async () => {
    const { made, asked, log } = runtimes();
    await made.for('webgpu');
    const { execPath, env } = await made.for('webgpu');
    expect(execPath).toBe('/usr/bin/node');
    expect(env).not.toHaveProperty('ELECTRON_RUN_AS_NODE');
    expect(asked).toEqual([null]);
    expect(log).toEqual(['info: the child runs on Node 22.1.0, /usr/bin/node']);
  });

  it('is a real Node for auto only where a Dawn package is', async () => {
    expect(await runtimes().path('auto')).toBe('/editor');
    expect(await runtimes({ dawn: true }).path('auto')).toBe('/usr/bin/node');
    expect(await runtimes({ settings: { webgpuPath: '/dawn' } }).path('auto')).toBe('/usr/bin/node');
    expect(await runtimes({ dawn: true }).path('wasm')).toBe('/editor');
  });

  it('is the editor’s where that is a Node already', async () => {
    const { path, asked } = runtimes({ electron: false, dawn: true });
    expect(await path('webgpu')).toBe('/editor');
    expect(await path('auto')).toBe('/editor');
    expect(asked).toEqual([]);
  });

  it('is the one that the setting names, for every backend', async () => {
    const { path, asked } = runtimes({ settings: { nodePath: '/opt/node' }, electron: false });
    expect(await path('wasm')).toBe('/usr/bin/node');
    expect(asked).toEqual(['/opt/node']);
  });

  it('is the editor’s where no Node can be had, with the reason, and asked for again', async () => {
    const { path, log, asked } = runtimes({ answer: { node: null, reason: 'there is no node on PATH' } });
    expect(await path('webgpu')).toBe('/editor');
    expect(log).toEqual([
      expect.stringMatching(/^warning: .*editor's own runtime: there is no node on PATH/) as string,
    ]);
    await path('webgpu');
    expect(asked).toEqual([null, null]);
  });
});

it('hands the settings on', async () => {
  const { made } = runtimes({ settings: { tensorflowPath: '/tf', webgpuPath: '/dawn', onnxruntimePath: '/ort' } });
  expect((await made.for('tensorflow')).env).toMatchObject({
    LENS_TENSORFLOW: '/tf',
    LENS_WEBGPU: '/dawn',
    LENS_ONNXRUNTIME: '/ort',
  });
  const { env } = await runtimes().made.for('tensorflow');
  expect(env).not.toHaveProperty('LENS_TENSORFLOW');
  expect(env).not.toHaveProperty('LENS_WEBGPU');
  expect(env).not.toHaveProperty('LENS_ONNXRUNTIME');
});
