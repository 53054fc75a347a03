/** Native libraries: where they are looked for, and what becomes of those that crash, hang or lie. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseCard } from '../../../src/backends/native/nvidia.ts';
import { tryNative } from '../../../src/backends/native/tryNative.ts';
import { findBinding } from '../../../src/backends/tensorflow/find.ts';
import { restoreUtil } from '../../../src/backends/tensorflow/polyfill.ts';
import { findOnnxRuntime, onnxRuntimeVersion } from '../../../src/backends/onnx/find.ts';
import { findDawn } from '../../../src/backends/webgpu/find.ts';

const base = mkdtempSync(join(tmpdir(), 'lens-native-'));
afterAll(() => rmSync(base, { recursive: true }));
let root = '';
let count = 0;
beforeEach(() => {
  root = join(base, String(count++));
  mkdirSync(root);
});

function put(path: string, content = ''): string {
  const file = join(root, ...path.split('/'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const BINDING = 'lib/napi-v8/tfjs_binding.node';
/** Nothing of this machine's own. */
const env = (more: NodeJS.ProcessEnv = {}) => ({ LENS_CACHE: join(root, 'cache'), ...more });

describe('TensorFlow’s native part', () => {
  it('is absent, or present without it, each with what to do', () => {
    const absent = findBinding(parse(root).root, env());
    expect(absent).toMatchObject({ file: null });
    expect(absent).toHaveProperty(
      'reason',
      expect.stringMatching(/^@tensorflow\/tfjs-node-gpu is not installed; set it up/),
    );
    put('node_modules/@tensorflow/tfjs-node-gpu/package.json', '{}');
    expect(findBinding(root, env())).toHaveProperty(
      'reason',
      expect.stringMatching(/is there without its native part/),
    );
    const file = put(`node_modules/@tensorflow/tfjs-node-gpu/${BINDING}`);
    expect(findBinding(join(root, 'deeper', 'still'), env())).toMatchObject({ file });
  });

  it('is the one that the set-up names, the newest without it, nothing outside its folder', () => {
    put('node_modules/@tensorflow/tfjs-node-gpu/package.json', '{}');
    put(`node_modules/@tensorflow/tfjs-node-gpu/${BINDING}`);
    const old = put(`native/2.9.1/${BINDING}`);
    const fresh = put(`native/2.21.0/${BINDING}`);
    const LENS_NATIVE = join(root, 'native');
    expect(findBinding(root, env({ LENS_NATIVE }))).toMatchObject({ file: fresh });
    put('native/current.json', JSON.stringify({ binding: `2.9.1/${BINDING}` }));
    expect(findBinding(root, env({ LENS_NATIVE }))).toMatchObject({ file: old });
    put('native/current.json', JSON.stringify({ binding: `../elsewhere/${BINDING}` }));
    put(`elsewhere/${BINDING}`);
    expect(findBinding(root, env({ LENS_NATIVE }))).toMatchObject({ file: fresh });
    put('native/current.json', '{');
    expect(findBinding(root, env({ LENS_NATIVE }))).toMatchObject({ file: fresh });
  });

  it('is the one that the user points to, before all others', () => {
    put(`native/2.21.0/${BINDING}`);
    const mine = put(`mine/node_modules/@tensorflow/tfjs-node/${BINDING}`);
    const pointed = (to: string) =>
      findBinding(root, env({ LENS_NATIVE: join(root, 'native'), LENS_TENSORFLOW: join(root, to) }));
    expect(pointed('mine')).toMatchObject({ file: mine });
    expect(pointed('mine/node_modules/@tensorflow/tfjs-node')).toMatchObject({ file: mine });
    expect(findBinding(root, env({ LENS_TENSORFLOW: mine }))).toMatchObject({ file: mine });
    expect(pointed('gone')).toHaveProperty('reason', expect.stringMatching(/names .*gone, which is not there/));
    mkdirSync(join(root, 'empty'));
    expect(pointed('empty')).toHaveProperty('reason', expect.stringMatching(/has no lib\/napi-v\*/));
  });

  it('of a newer Node-API than this Node’s is passed over', () => {
    const usable = put(`native/${BINDING}`);
    put('native/lib/napi-v999/tfjs_binding.node');
    expect(findBinding(root, env({ LENS_NATIVE: join(root, 'native') }))).toMatchObject({ file: usable });
  });
});

it('Dawn is found in node_modules, or where the user points to, for this platform', () => {
  const platform = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
  expect(findDawn(parse(root).root, {})).toHaveProperty('reason', expect.stringMatching(/`webgpu`.*is not installed/));
  put('node_modules/webgpu/package.json', '{}');
  expect(findDawn(root, {})).toHaveProperty('reason', expect.stringMatching(/has nothing for /));
  const file = put(`node_modules/webgpu/dist/${platform}/dawn.node`);
  expect(findDawn(root, {})).toMatchObject({ file });
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  expect(findDawn(elsewhere, { LENS_WEBGPU: root })).toMatchObject({ file });
  expect(findDawn(elsewhere, { LENS_WEBGPU: file })).toMatchObject({ file });
  expect(findDawn(root, { LENS_WEBGPU: elsewhere })).toHaveProperty('reason', expect.stringMatching(/has no dist/));
});

it('ONNX Runtime is found beside the scripts, in node_modules, or where the user points to, for this platform', () => {
  const inside = `bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`;
  expect(findOnnxRuntime(parse(root).root, {})).toHaveProperty(
    'reason',
    expect.stringMatching(/`onnxruntime-node` is not installed; LENS_ONNXRUNTIME can name/),
  );
  put('node_modules/onnxruntime-node/package.json', '{ "version": "1.30.0" }');
  expect(findOnnxRuntime(root, {})).toHaveProperty('reason', expect.stringMatching(/has nothing for /));
  const file = put(`node_modules/onnxruntime-node/${inside}`);
  expect(findOnnxRuntime(join(root, 'deeper'), {})).toMatchObject({ file });
  expect(onnxRuntimeVersion(file)).toBe('1.30.0');
  const packed = put(`dist/onnxruntime/${inside}`);
  expect(findOnnxRuntime(join(root, 'dist'), {})).toMatchObject({ file: packed });
  expect(onnxRuntimeVersion(packed)).toBeNull();
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  const pointed = (path: string) => findOnnxRuntime(elsewhere, { LENS_ONNXRUNTIME: path });
  expect(pointed(root)).toMatchObject({ file });
  expect(pointed(join(root, 'node_modules/onnxruntime-node'))).toMatchObject({ file });
  expect(pointed(file)).toMatchObject({ file });
  expect(pointed(elsewhere)).toHaveProperty('reason', expect.stringMatching(/has no bin.napi-v6/));
  expect(pointed(join(root, 'nowhere'))).toHaveProperty('reason', expect.stringMatching(/which is not there$/));
});

describe('a library tried in a process of its own', () => {
  const limit = { limitMs: 20_000 };
  const script = (body: string) => ({ ...limit, script: put('try.cjs', body) });
  const says = (answer: object) =>
    script(`console.log('noise\\nlens-probe ' + ${JSON.stringify(JSON.stringify(answer))})`);

  it('that works gives its facts', async () => {
    const answer = { found: [7, 10, 15, 22], version: '2' };
    expect(await tryNative('tensorflow', 'x', says(answer))).toEqual({ ok: true, answer });
  });

  it('keeps TensorFlow’s own words to errors, unless the user wants more', async () => {
    const level = script(
      `console.log('lens-probe ' + JSON.stringify({ found: [7, 10, 15, 22], level: process.env.TF_CPP_MIN_LOG_LEVEL }))`,
    );
    const told = async () => ((await tryNative('tensorflow', 'x', level)) as { answer?: unknown }).answer;
    vi.stubEnv('TF_CPP_MIN_LOG_LEVEL', undefined);
    expect(await told()).toMatchObject({ level: '2' });
    vi.stubEnv('TF_CPP_MIN_LOG_LEVEL', '0');
    expect(await told()).toMatchObject({ level: '0' });
    vi.unstubAllEnvs();
  });

  it('that computes wrongly, crashes, hangs, or cannot be loaded gives a reason', async () => {
    const reason = async (o: Parameters<typeof tryNative>[2], file = 'x') => {
      const result = await tryNative('tensorflow', file, o);
      return result.ok ? 'it works' : result.reason;
    };
    expect(await reason(says({ found: [7, 10, 15, 0] }))).toBe(
      'it computed [7, 10, 15, 0] where [7, 10, 15, 22] is right',
    );
    expect(await reason(says({ error: 'no card\nat x' }))).toBe('no card');
    expect(await reason(script(`process.kill(process.pid, 'SIGSEGV')`))).toMatch(/died of SIGSEGV|ended with status/);
    expect(await reason(script(`console.error('a\\nout of luck'); process.exit(3)`))).toBe(
      'the process that tried it ended with status 3 (out of luck)',
    );
    expect(await reason({ ...script('setInterval(() => undefined, 1000)'), limitMs: 300 })).toBe(
      'it did not answer within 0.3 s',
    );
    expect(await reason(limit, put('library.node', 'no library'))).not.toBe('it works');
  });
});

it('NVIDIA’s card is read from its program, or is none', () => {
  expect(parseCard('NVIDIA H200, 570.86.15, 143771\nNVIDIA H200, 570.86.15, 143771\n')).toEqual({
    name: 'NVIDIA H200',
    driver: '570.86.15',
    memoryBytes: 143771 * 2 ** 20,
  });
  for (const text of ['', 'No devices were found', 'GPU, 1, [N/A]']) expect(parseCard(text)).toBeNull();
});

it('restores what Node 23 took from util', async () => {
  const util = (await import('node:util')).default as unknown as Record<string, (value: unknown) => boolean>;
  const before = { isNullOrUndefined: util['isNullOrUndefined'], isArray: util['isArray'] };
  delete util['isNullOrUndefined'];
  delete util['isArray'];
  restoreUtil();
  expect([null, undefined, 0, ''].map((value) => util['isNullOrUndefined']!(value))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([util['isArray']!([]), util['isArray']!({ length: 0 })]).toEqual([true, false]);
  Object.assign(util, before);
});
