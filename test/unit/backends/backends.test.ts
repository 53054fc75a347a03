import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getBackend } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { backendNames } from '../../../src/backends/backend.ts';
import { BackendError, probeBackends, rungs, startBackend } from '../../../src/backends/index.ts';
import { findWasmFolder } from '../../../src/backends/wasm/folder.ts';
import { leftOut, presentBackends } from './everyBackend.ts';

describe('starting backends', () => {
  it('finds those that are always there, each with version and device', async () => {
    const results = await probeBackends();
    expect(results.map(({ name }) => name)).toEqual([...backendNames]);
    for (const name of ['wasm', 'cpu']) {
      const result = results.find((one) => one.name === name);
      if (!result?.available) throw new Error(`${name} is absent: ${result?.reason ?? 'not listed'}`);
      expect(result.version).toMatch(/^\d+\.\d+/);
      expect(result.device).toContain('1 thread');
    }
    for (const result of results) if (!result.available) expect(result.reason).not.toBe('');
  });

  it('prefers wasm, and switches when told', async () => {
    expect((await startBackend('auto')).name).toBe('wasm');
    expect(getBackend()).toBe('wasm');
    expect((await startBackend('cpu')).name).toBe('cpu');
    expect(getBackend()).toBe('cpu');
    await probeBackends();
    expect(getBackend(), 'probing again leaves the current backend alone').toBe('cpu');
  });

  it('starts every one that is present beside a computation on another, which it leaves alone', async () => {
    await startBackend('cpu');
    const turns: string[] = [];
    let going = true;
    const beside = (async () => {
      while (going) {
        turns.push(getBackend());
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (const rung of rungs) {
      // Those that this run of the tests leaves out are not started.
      if (leftOut(rung.name)) continue;
      const result = await rung.start();
      expect(result.available, rung.name).toBe(presentBackends.includes(rung.name));
    }
    going = false;
    await beside;
    expect(new Set(turns)).toEqual(new Set(['cpu']));
    for (const name of presentBackends) {
      const { tf, engine } = await startBackend(name);
      expect(getBackend()).toBe(engine);
      const sum = tf.add(tf.tensor1d([1, 2]), 1);
      expect([...(await sum.data())]).toEqual([2, 3]);
    }
  }, 120_000);

  it('says what is wrong with an unknown name', async () => {
    await expect(startBackend('abacus' as 'cpu')).rejects.toThrow(BackendError);
    await expect(startBackend('abacus' as 'cpu')).rejects.toThrow(/There is none called abacus/);
  });

  it('leaves no handlers on the process', async () => {
    await probeBackends();
    const texts = [...process.rawListeners('uncaughtException'), ...process.rawListeners('unhandledRejection')];
    expect(texts.map(String).filter((text) => text.includes('ExitStatus') || text.includes('{throw'))).toEqual([]);
  });
});

describe('the folder of the wasm files', () => {
  const root = mkdtempSync(join(tmpdir(), 'lens-wasm-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('is that of the bundle when they lie beside it, else the package above, else null', () => {
    const bundle = join(root, 'dist');
    const packaged = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
    mkdirSync(bundle);
    expect(findWasmFolder(bundle, 'x.wasm')).toBeNull();
    mkdirSync(packaged, { recursive: true });
    writeFileSync(join(packaged, 'x.wasm'), '');
    expect(findWasmFolder(bundle, 'x.wasm')).toBe(packaged);
    writeFileSync(join(bundle, 'x.wasm'), '');
    expect(findWasmFolder(bundle, 'x.wasm')).toBe(bundle);
  });
});
