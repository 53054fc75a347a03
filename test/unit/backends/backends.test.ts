import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getBackend } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { BackendError, probeBackends, startBackend } from '../../../src/backends/index.ts';
import { findWasmFolder } from '../../../src/backends/wasm/folder.ts';

describe('starting backends', () => {
  it('finds both, each with version and device', async () => {
    const results = await probeBackends();
    expect(results.map((r) => (r.available ? r.backend.name : `${r.name}: ${r.reason}`))).toEqual(['wasm', 'cpu']);
    for (const result of results) {
      if (!result.available) throw new Error(result.reason);
      expect(result.backend.version).toMatch(/^\d+\.\d+/);
      expect(result.backend.device).toContain('1 thread');
    }
  });

  it('prefers wasm, and switches when told', async () => {
    expect((await startBackend('auto')).name).toBe('wasm');
    expect(getBackend()).toBe('wasm');
    expect((await startBackend('cpu')).name).toBe('cpu');
    expect(getBackend()).toBe('cpu');
    await probeBackends();
    expect(getBackend(), 'probing again leaves the current backend alone').toBe('cpu');
  });

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
    expect(findWasmFolder('x.wasm', bundle)).toBeNull();
    mkdirSync(packaged, { recursive: true });
    writeFileSync(join(packaged, 'x.wasm'), '');
    expect(findWasmFolder('x.wasm', bundle)).toBe(packaged);
    writeFileSync(join(bundle, 'x.wasm'), '');
    expect(findWasmFolder('x.wasm', bundle)).toBe(bundle);
  });
});
