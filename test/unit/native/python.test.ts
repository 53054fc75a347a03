import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { findPythons, inspectTensorFlow } from '../../../src/native/python.ts';
import { cudaRequirements, packageFor, pipDownload, unpackWheel, wheelVersion } from '../../../src/native/wheel.ts';
import { CUDA_BUILD, fakeMachine, put, putTensorFlow, temporaryFolder, type Act } from './support.ts';

const says = (o: object) => () =>
  `warning: something\n${JSON.stringify({ executable: '/bin/python3', version: '3.11.7', pip: true, tensorflow: null, ...o })}\n`;
const python = {
  command: ['/bin/python3'],
  executable: '/bin/python3',
  version: '3.11.7',
  pip: true,
  tensorflow: null,
};

describe('looking for Pythons', () => {
  it('asks each once, an active environment first', async () => {
    const machine = fakeMachine({
      env: { VIRTUAL_ENV: '/venv' },
      programs: { '/venv/bin/python': says({ executable: '/venv/bin/python' }), python3: says({}), python: says({}) },
    });
    const found = await findPythons(machine, null, '/');
    expect(found.map(({ executable }) => executable)).toEqual(['/venv/bin/python', '/bin/python3']);
  });

  it('passes over what is too old or does not run', async () => {
    const machine = fakeMachine({ programs: { python3: says({ version: '3.6.15' }), python: () => ({ status: 1 }) } });
    expect(await findPythons(machine, null, '/')).toEqual([]);
  });

  it('says why a named one cannot be used', async () => {
    const machine = fakeMachine({ programs: { old: says({ version: '2.7.18' }), odd: () => 'hello' } });
    await expect(findPythons(machine, '/bin/old', '/')).rejects.toThrow(/Python 2\.7\.18; 3\.8 or newer/);
    await expect(findPythons(machine, '/bin/odd', '/')).rejects.toThrow(/it answered "hello"/);
    await expect(findPythons(machine, '/gone', '/')).rejects.toThrow(/not found/);
  });
});

it('sees what a TensorFlow package is for', async () => {
  const folder = putTensorFlow(join(temporaryFolder(), 'tensorflow'), CUDA_BUILD);
  expect(await inspectTensorFlow(folder, '2.21.0', 'p', 'linux')).toMatchObject({
    variant: 'cuda',
    capabilities: ['sm_60', 'sm_80', 'compute_90'],
  });
  expect(await inspectTensorFlow(folder, '2.4.0', 'p', 'darwin')).toMatch(
    /2\.4\.0 of p has no libtensorflow_cc\.2\.dylib/,
  );
});

describe('pip', () => {
  const pip = (act: Act) => fakeMachine({ programs: { python3: act } });
  const download = (act: Act, folder = temporaryFolder()) =>
    pipDownload(pip(act), python, ['tensorflow-cpu'], { folder, onLine: () => undefined });

  it('brings wheels', async () => {
    const folder = temporaryFolder();
    const act: Act = (args) => {
      put(join(args[args.indexOf('--dest') + 1]!, 'tensorflow_cpu-2.21.0-cp311-cp311-linux.whl'));
      return '';
    };
    const [wheel] = await download(act, folder);
    expect(wheelVersion(wheel!)).toBe('2.21.0');
  });

  it('tells how much has come', async () => {
    const folder = temporaryFolder();
    const told: number[] = [];
    const act: Act = async () => {
      put(join(folder, 'pip-unpack-x/half.whl'), 'x'.repeat(123));
      await vi.waitFor(() => expect(told).toContain(123), { timeout: 10_000 });
      return '';
    };
    await pipDownload(pip(act), python, ['tensorflow-cpu'], {
      folder,
      onLine: () => undefined,
      onProgress: (bytes) => told.push(bytes),
    });
  });

  it('asks for the wheel of another Python where its own has none', async () => {
    const asked: (string | undefined)[] = [];
    await download((args) => {
      const at = args.indexOf('--python-version');
      asked.push(at < 0 ? undefined : args[at + 1]);
      return asked.length < 3 ? { output: 'ERROR: No matching distribution found for tensorflow-cpu' } : '';
    });
    expect(asked).toEqual([undefined, '3.12', '3.11']);
  });

  it('names the network where that is at fault, and what pip said elsewhere', async () => {
    const remedy = (act: Act) => download(act).catch((error: unknown) => error);
    expect(
      await remedy(() => ({
        output: 'NewConnectionError: …\nERROR: No matching distribution found for tensorflow-cpu',
      })),
    ).toMatchObject({ remedy: expect.stringMatching(/cannot be reached/) as string });
    expect(await remedy(() => ({ output: 'ERROR: disk is full' }))).toMatchObject({
      message: 'pip could not download tensorflow-cpu: disk is full',
      remedy: expect.stringMatching(/pip install tensorflow/) as string,
    });
  });

  it('is asked for the package that has the library', () => {
    expect(packageFor(fakeMachine(), 'cpu')).toBe('tensorflow-cpu');
    expect(packageFor(fakeMachine(), 'cuda')).toBe('tensorflow');
    expect(packageFor(fakeMachine({ platform: 'darwin', arch: 'arm64' }), 'cpu')).toBe('tensorflow');
  });
});

it('reads which packages CUDA is in', () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    "Requires-Dist: nvidia-cudnn-cu12 (==8.9.4.25) ; extra == 'and-cuda'",
    'Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; python_version < "3.13" and extra == "gcs-filesystem"',
  ].join('\n');
  expect(cudaRequirements(metadata)).toEqual(['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-cudnn-cu12==8.9.4.25']);
});

describe('unpacking a wheel', () => {
  const zip = (names: readonly string[]) =>
    zipSync(Object.fromEntries(names.map((name) => [name, strToU8(name.repeat(50))])));

  it('takes the library, the headers and nothing else', async () => {
    const folder = temporaryFolder();
    const wheel = put(
      join(folder, 'x.whl'),
      zip([
        'tensorflow/libtensorflow_cc.so.2',
        'tensorflow/include/tensorflow/c/c_api.h',
        'tensorflow/python/a.so',
        'keras/b.py',
      ]),
    );
    expect(await unpackWheel(wheel, join(folder, 'out'), 'tensorflow')).toBe(2);
    expect(readFileSync(join(folder, 'out/tensorflow/libtensorflow_cc.so.2'), 'utf8')).toMatch(/^tensorflow\/lib/);
  });

  it('notices damage', async () => {
    const folder = temporaryFolder();
    const bytes = zip(['tensorflow/libtensorflow_cc.so.2']);
    bytes[66]! ^= 1;
    const wheel = put(join(folder, 'x.whl'), bytes);
    await expect(unpackWheel(wheel, join(folder, 'out'), 'tensorflow')).rejects.toThrow(/x\.whl cannot be unpacked/);
    const cut = put(join(folder, 'y.whl'), bytes.subarray(0, 40));
    await expect(unpackWheel(cut, join(folder, 'out'), 'tensorflow')).rejects.toThrow(/y\.whl cannot be unpacked/);
  });
});
