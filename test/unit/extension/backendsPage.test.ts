import { describe, expect, it } from 'vitest';
import { backendsPage, type BackendsFacts } from '../../../extension/views/backendsPage.ts';
import { describeBackend, describeReport, memoryText, timingText } from '../../../src/protocol/deviceWords.ts';
import type { BackendInUse, DeviceReport } from '../../../src/protocol/worker.ts';

const timing = {
  rowsPerSecond: 12_579.6,
  stepMs: 7.951,
  title: 'MADE 784-500-500-784, batch 100',
  measured: '2026-11-21T07:00:00Z',
};
const wasm: DeviceReport = {
  name: 'wasm',
  available: true,
  version: '4.22.0',
  device: 'WebAssembly SIMD, 1 thread',
  reason: null,
  memoryBytes: 4 * 2 ** 30,
  software: false,
  timing,
};
const absent: DeviceReport = {
  ...wasm,
  name: 'webgpu',
  available: false,
  version: null,
  device: null,
  memoryBytes: null,
  timing: null,
  reason: 'no adapter | [was](x) found',
};
const facts: BackendsFacts = {
  reports: [absent, wasm],
  asked: 'auto',
  native: null,
  nativeRoot: '/storage/native-tensorflow',
  runtime: 'the editor’s own runtime',
};

describe('the page of backends', () => {
  it('has a row for each, with everything known', () => {
    const rows = backendsPage(facts)
      .split('\n')
      .filter((line) => line.startsWith('| **'));
    expect(rows).toEqual([
      '| **webgpu** | absent | – | – | – | – |',
      String.raw`| **wasm** | available | WebAssembly SIMD, 1 thread | 4\.0 GiB | 4\.22\.0 | 12,580 rows/s, 7\.95 ms a step \(MADE 784\-500\-500\-784, batch 100, 2026\-11\-21\) |`,
    ]);
  });

  it('says why one is not there, in words that are no Markdown', () => {
    expect(backendsPage(facts)).toContain(String.raw`- **webgpu**: no adapter \| \[was\]\(x\) found`);
    expect(backendsPage({ ...facts, reports: [wasm] })).not.toContain('Why not');
  });

  it('marks programs that stand in for a device', () => {
    expect(backendsPage({ ...facts, reports: [{ ...wasm, software: true }] })).toContain(
      String.raw`available \(software\)`,
    );
  });

  it('tells of native TensorFlow, and of what runs the process', () => {
    expect(backendsPage(facts)).toMatch(/Not set up\. The command \*Likelihood Lens: Set Up Native TensorFlow\*/);
    const native = {
      version: '2.21.0',
      variant: 'cuda',
      binding: '/b',
      made: '2026-11-21T07:16:26Z',
      source: 'a.whl',
    } as const;
    expect(backendsPage({ ...facts, native, asked: 'wasm' })).toMatch(
      /TensorFlow 2\\\.21\\\.0 for NVIDIA cards, made on 2026-11-21/,
    );
    expect(backendsPage(facts)).toContain('the editor’s own runtime');
  });
});

describe('lines for the log', () => {
  const inUse: BackendInUse = {
    name: 'wasm',
    version: '4.22.0',
    device: 'WebAssembly SIMD, 1 thread',
    asked: 'auto',
    timings: [
      { ...timing, name: 'wasm' },
      { ...timing, name: 'tensorflow', rowsPerSecond: 9000, stepMs: 11.1 },
    ],
    remembered: false,
    skipped: [{ name: 'webgpu', reason: 'no adapter' }],
  };

  it('name the choice, its timings and the reasons', () => {
    expect(describeBackend(inUse)).toEqual([
      'backend: wasm (chosen for this model): WebAssembly SIMD, 1 thread, version 4.22.0',
      'timed on MADE 784-500-500-784, batch 100: wasm 12,580 rows/s, 7.95 ms a step; tensorflow 9,000 rows/s, 11.1 ms a step',
      'not used: webgpu: no adapter',
    ]);
    expect(describeBackend({ ...inUse, asked: 'wasm', timings: [], skipped: [] })).toEqual([
      'backend: wasm (as asked for): WebAssembly SIMD, 1 thread, version 4.22.0',
    ]);
  });

  it('name what there is', () => {
    expect(describeReport(wasm)).toMatch(/^wasm: WebAssembly SIMD, 1 thread, version 4\.22\.0; MADE .*: 12,580 rows/);
    expect(describeReport(absent)).toBe('webgpu: not available: no adapter | [was](x) found');
  });

  it('give numbers people read', () => {
    expect(timingText({ rowsPerSecond: 912.4, stepMs: 109.6 })).toBe('912 rows/s, 110 ms a step');
    expect([memoryText(22.1 * 2 ** 30), memoryText(512 * 2 ** 20)]).toEqual(['22.1 GiB', '512 MiB']);
  });
});
