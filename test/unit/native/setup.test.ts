import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readCurrent } from '../../../src/native/current.ts';
import { SetupCancelled, type SetupError } from '../../../src/native/errors.ts';
import { setUpNative, type SetupRequest } from '../../../src/native/setup.ts';
import {
  CPU_BUILD,
  CUDA_BUILD,
  fakeMachine,
  PACKAGE_FILES,
  put,
  putTensorFlow,
  temporaryFolder,
  toolchain,
  type Act,
  type Ordered,
} from './support.ts';

const answer =
  (o: object = {}): Act =>
  () =>
    `chatter\n${JSON.stringify({ values: [7, 10, 15, 22], version: '2.21.0', gpu: false, ...o })}\n`;

/** A folder to set up in, and what a set-up asks for. */
function place(o: Partial<SetupRequest> = {}) {
  const folder = temporaryFolder();
  const sources = join(folder, 'sources');
  for (const name of ['tfjs_backend.cc', 'tfjs_binding.cc', 'utils.h']) put(join(sources, name));
  const tools = toolchain(folder);
  const request: SetupRequest = {
    root: join(folder, 'native-tensorflow'),
    variant: 'auto',
    pythonPath: null,
    nodePath: tools.node,
    runtime: { execPath: '/bin/editor', env: {} },
    sources: [sources],
    ...o,
  };
  return { folder, request, tools, root: request.root };
}

const python =
  (tensorflow: object | null = null, pip: Act = () => '', asked: string[] = []): Act =>
  (args, options) => {
    if (args[0] === '-c')
      return JSON.stringify({ executable: '/bin/python3', version: '3.11.7', pip: true, tensorflow });
    asked.push(args.filter((arg) => /^(tensorflow|nvidia)/.test(arg)).join(' '));
    return pip(args, options);
  };

/** pip that brings a wheel with TensorFlow, or NVIDIA's. */
const wheels =
  (build = CPU_BUILD): Act =>
  (args) => {
    const folder = args[args.indexOf('--dest') + 1]!;
    const files: Record<string, string> = args.some((arg) => arg.startsWith('nvidia'))
      ? { 'nvidia/cublas/lib/libcublas.so.12': 'cublas', 'nvidia/cublas/include/cublas.h': '' }
      : {
          ...Object.fromEntries(PACKAGE_FILES.map((name) => [`tensorflow/${name}`, name])),
          'tensorflow/python/platform/build_info.py': build,
          'tensorflow-2.21.0.dist-info/METADATA': 'Requires-Dist: nvidia-cublas-cu12>=12; extra == "and-cuda"\n',
        };
    const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
    put(join(folder, 'tensorflow-2.21.0-cp311-cp311-linux.whl'), zipSync(Object.fromEntries(entries)));
    return '';
  };

const CARD: Ordered['programs'] = { 'nvidia-smi': () => 'RTX 4090, 550, 24564, 8.9\n', ldconfig: () => '' };
const setUp = (
  request: SetupRequest,
  programs: Ordered['programs'],
  o: Ordered = {},
  said: string[] = [],
  signal?: AbortSignal,
) =>
  setUpNative(request, fakeMachine({ programs: { editor: answer(), ...programs }, ...o }), {
    say: (text) => said.push(text),
    signal,
  });
const visible = (root: string) => readdirSync(root).sort();

describe('out of a Python', () => {
  it('takes the wheel that pip brings', async () => {
    const { request, tools, root } = place();
    const said: string[] = [];
    const { installation, gpu } = await setUp(
      request,
      { ...tools.programs, python3: python(null, wheels()) },
      {},
      said,
    );
    expect(installation).toMatchObject({
      version: '2.21.0',
      variant: 'cpu',
      source: 'tensorflow-2.21.0-cp311-cp311-linux.whl',
    });
    expect(gpu).toBe(false);
    expect(visible(root)).toEqual(['2.21.0-cpu', 'current.json', 'setup.log']);
    expect(await readCurrent(root)).toEqual(installation);
    expect(readFileSync(installation.binding, 'utf8')).toBe('an addon');
    expect(readFileSync(join(root, '2.21.0-cpu/deps/lib/libtensorflow_cc.so.2'), 'utf8')).toBe('libtensorflow_cc.so.2');
    expect(readFileSync(join(root, 'setup.log'), 'utf8')).toContain('rebuild');
    expect(said.join('\n')).toMatch(/no nvidia-smi.*ENOTFOUND.*Downloading tensorflow-cpu.*Building.*Trying/s);
  });

  it('links the TensorFlow that is there', async () => {
    const { folder, request, tools, root } = place();
    const tensorflow = { folder: putTensorFlow(join(folder, 'site/tensorflow')), version: '2.21.0' };
    const asked: string[] = [];
    await setUp(request, { ...tools.programs, python3: python(tensorflow, wheels(), asked) });
    expect(asked).toEqual([]);
    expect(readlinkSync(join(root, '2.21.0-cpu/deps/lib/libtensorflow_cc.so.2'))).toBe(
      join(tensorflow.folder, 'libtensorflow_cc.so.2'),
    );
  });

  it('brings CUDA for a card, though the TensorFlow that is there has none', async () => {
    const { folder, request, tools, root } = place();
    const tensorflow = { folder: putTensorFlow(join(folder, 'site/tensorflow')), version: '2.19.0' };
    const asked: string[] = [];
    const result = await setUp(request, {
      ...tools.programs,
      ...CARD,
      editor: answer({ gpu: true }),
      python3: python(tensorflow, wheels(CUDA_BUILD), asked),
    });
    expect(result).toMatchObject({ gpu: true, complaint: null, installation: { variant: 'cuda' } });
    expect(asked).toEqual(['tensorflow', 'nvidia-cublas-cu12>=12']);
    const lib = join(root, '2.21.0-cuda/deps/lib/libcublas.so.12');
    expect(readFileSync(lib, 'utf8')).toBe('cublas');
    expect(readlinkSync(lib)).toBe('../nvidia/cublas/lib/libcublas.so.12');
  });

  it('tells what keeps the card from being used', async () => {
    const { request, tools } = place();
    const editor: Act = () => ({
      status: 0,
      stdout: `${JSON.stringify({ values: [7, 10, 15, 22], version: '2.21.0', gpu: false })}\n`,
      output: `W0 gpu_device.cc:2342] Cannot dlopen some GPU libraries.\n${JSON.stringify({ values: [] })}`,
    });
    const result = await setUp(request, {
      ...tools.programs,
      ...CARD,
      editor,
      python3: python(null, wheels(CUDA_BUILD)),
    });
    expect(result.complaint).toBe('Cannot dlopen some GPU libraries.');
  });

  it('tries the next way where the first works on the processor only, and keeps it where no other does', async () => {
    const files = { 'GPU-linux-4.22.0.tar.gz': 'a', 'libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz': 'b' };
    const turing: Ordered['programs'] = {
      'nvidia-smi': () => 'RTX 3090, 535, 24576, 8.6\n',
      ldconfig: () => 'libcudart.so.11.0 libcudnn.so.8',
      tar: (args) => {
        const folder = args.at(-1)!;
        put(join(folder, folder.endsWith('addon') ? 'napi-v8/tfjs_binding.node' : 'lib/libtensorflow.so.2'));
        return '';
      },
    };
    const editor: Act = ([, , binding], options) =>
      answer(binding!.includes('made-0') ? { version: '2.9.1' } : { gpu: true })([], options);
    const both = place();
    const programs = { ...both.tools.programs, ...turing, editor };
    const made = await setUp(both.request, { ...programs, python3: python(null, wheels(CUDA_BUILD)) }, { files });
    expect(made).toMatchObject({ gpu: true, installation: { version: '2.21.0', variant: 'cuda' } });
    const kept = await setUp(both.request, programs, { files });
    expect(kept).toMatchObject({ gpu: false, installation: { version: '2.9.1', variant: 'cuda' } });
    expect(visible(both.root)).toEqual(['2.9.1-cuda', 'current.json', 'setup.log']);
  });

  it('says when the disk is full', async () => {
    const { request, tools, root } = place();
    const pip: Act = () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    const error = await failure(setUp(request, { ...tools.programs, python3: python(null, pip) }));
    expect(error.message).toMatch(/disk of .* is full/);
    expect(visible(root)).toEqual(['setup.log']);
  });

  it('refuses a wheel without what is wanted', async () => {
    const { request, tools, root } = place({ variant: 'cuda' });
    const error = await failure(setUp(request, { ...tools.programs, ...CARD, python3: python(null, wheels()) }));
    expect(error.message).toMatch(/does not fit: TensorFlow 2\.21\.0 of .* is built without CUDA/);
    expect(visible(root)).toEqual(['setup.log']);
  });

  it('begins with the Python that is named', async () => {
    const { folder, request, tools } = place({ pythonPath: '/bin/python3' });
    const tensorflow = { folder: putTensorFlow(join(folder, 'site/tensorflow')), version: '2.21.0' };
    const said: string[] = [];
    await setUp(request, { ...tools.programs, python3: python(tensorflow) }, {}, said);
    expect(said.join('\n')).not.toMatch(/Asking the host/);
  });
});

describe('by the package’s own download', () => {
  /** tar that lays out what the archives hold. */
  const tar: Act = (args) => {
    const folder = args.at(-1)!;
    if (folder.endsWith('addon')) put(join(folder, 'napi-v8/tfjs_binding.node'), 'ready made');
    else put(join(folder, 'lib/libtensorflow.so.2'));
    return '';
  };

  it('takes library and addon as they are', async () => {
    const { request, root } = place();
    const files = { 'CPU-linux-4.22.0.tar.gz': 'a', 'libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz': 'b' };
    const { installation } = await setUp(request, { tar, editor: answer({ version: '2.9.1' }) }, { files });
    expect(installation.source).toMatch(/^downloaded from .*2\.9\.1\.tar\.gz$/);
    expect(readFileSync(installation.binding, 'utf8')).toBe('ready made');
    expect(existsSync(join(root, '2.9.1-cpu/deps/lib/libtensorflow.so.2'))).toBe(true);
  });

  it('builds the addon where the host has none for the system', async () => {
    const { request, tools } = place();
    const files = { 'CPU-linux-4.22.0.tar.gz': 404, 'libtensorflow_r2_7_linux_arm64.tar.gz': 'b' };
    const programs = { ...tools.programs, tar, editor: answer({ version: '2.7.0' }) };
    const { installation } = await setUp(request, programs, { files, arch: 'arm64' });
    expect(readFileSync(installation.binding, 'utf8')).toBe('an addon');
  });

  it('puts Windows’ library where the addon looks for it', async () => {
    const { request } = place();
    const files = { 'CPU-windows-4.22.0.zip': 'a', 'libtensorflow-cpu-windows-x86_64-2.9.1.zip': 'b' };
    const zip: Act = (args) => {
      const folder = args.at(-1)!;
      put(join(folder, folder.endsWith('addon') ? 'napi-v8/tfjs_binding.node' : 'tensorflow.dll'), 'x');
      return '';
    };
    const { installation } = await setUp(request, { tar: zip }, { files, platform: 'win32' });
    expect(existsSync(join(installation.binding, '../tensorflow.dll'))).toBe(true);
    expect(existsSync(join(installation.binding, '../../../deps/lib/tensorflow.dll'))).toBe(true);
  });

  it('goes on with a Python where what was downloaded does not work', async () => {
    const { request, tools } = place();
    const files = { 'CPU-linux-4.22.0.tar.gz': 'a', 'libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz': 'b' };
    let tries = 0;
    const editor: Act = (...o) => ((tries += 1) === 1 ? { output: 'Illegal instruction' } : answer()(...o));
    const said: string[] = [];
    const { installation } = await setUp(
      request,
      { ...tools.programs, tar, editor, python3: python(null, wheels()) },
      { files },
      said,
    );
    expect(installation.version).toBe('2.21.0');
    expect(said.join('\n')).toMatch(/does not work: Illegal instruction/);
  });
});

describe('all or nothing', () => {
  const before = async () => {
    const made = place();
    await setUp(made.request, { ...made.tools.programs, python3: python(null, wheels()) });
    return made;
  };

  it('keeps what was there when the new one fails its trial', async () => {
    const { request, tools, root } = await before();
    const files = visible(root);
    const editor = answer({ values: [7, 10, 15, 23] });
    const error = await failure(setUp(request, { ...tools.programs, editor, python3: python(null, wheels()) }));
    expect(error.message).toMatch(/computed \[7,10,15,23\] where \[7,10,15,22\] is right/);
    expect(visible(root)).toEqual(files);
    expect(await readCurrent(root)).not.toBeNull();
  });

  it('leaves nothing when cancelled', async () => {
    const { request, tools, root } = await before();
    const files = visible(root);
    const current = await readCurrent(root);
    const stop = new AbortController();
    const pip: Act = (args, options) => {
      void wheels()(args, options);
      stop.abort();
      throw new SetupCancelled();
    };
    const done = setUp(request, { ...tools.programs, python3: python(null, pip) }, {}, [], stop.signal);
    await expect(done).rejects.toBeInstanceOf(SetupCancelled);
    expect(visible(root)).toEqual(files);
    expect(await readCurrent(root)).toEqual(current);
  });

  it('replaces one of the same version, and removes one of another', async () => {
    const { request, tools, root } = await before();
    const first = await readCurrent(root);
    await setUp(request, { ...tools.programs, python3: python(null, wheels()) });
    expect((await readCurrent(root))?.made).not.toBe(first?.made);
    await setUp(request, { ...tools.programs, editor: answer({ version: '2.22.0' }), python3: python(null, wheels()) });
    expect(visible(root)).toEqual(['2.22.0-cpu', 'current.json', 'setup.log']);
  });

  it('clears away what a killed set-up left, not what another is making', async () => {
    const { request, tools, root } = place();
    const gone = 2 ** 30;
    put(join(root, `.making-${gone}-abc/half`));
    put(join(root, `.making-${process.ppid}-abc/half`));
    await setUp(request, { ...tools.programs, python3: python(null, wheels()) });
    expect(visible(root)).toEqual([`.making-${process.ppid}-abc`, '2.21.0-cpu', 'current.json', 'setup.log']);
  });

  it('does not believe a current.json that points elsewhere, nor one whose addon is gone', async () => {
    const { folder, root } = await before();
    const file = join(root, 'current.json');
    const written = JSON.parse(readFileSync(file, 'utf8')) as object;
    const outside = put(join(folder, 'tfjs_binding.node'));
    for (const binding of [outside, '../tfjs_binding.node', '2.0.0-cpu/lib/napi-v8/tfjs_binding.node']) {
      put(file, JSON.stringify({ ...written, binding }));
      expect(await readCurrent(root)).toBeNull();
    }
    put(file, '{"version":');
    expect(await readCurrent(root)).toBeNull();
  });
});

describe('what is missing is said, with what to do', () => {
  const missing = async (programs: Ordered['programs'], o: Ordered = {}, request: Partial<SetupRequest> = {}) => {
    const made = place(request);
    const error = await failure(setUp(made.request, { ...made.tools.programs, ...programs }, o));
    expect(visible(made.root)).toEqual(['setup.log']);
    return `${error.message} ${error.remedy}`;
  };
  const absent = undefined as unknown as Act;

  it('a compiler', async () => {
    expect(await missing({ 'g++': absent })).toMatch(/a C\+\+ compiler is missing.*apt-get install g\+\+ make/);
    expect(await missing({ 'g++': absent, make: absent })).toMatch(/a C\+\+ compiler and make are missing/);
    expect(await missing({ 'g++': absent }, { platform: 'darwin' })).toMatch(/xcode-select --install/);
  });

  it('Node', async () => {
    expect(await missing({}, {}, { nodePath: null })).toMatch(/no node on PATH.*likelihoodLens\.nodePath/);
    const old: Act = () => '["18.2.0",null]';
    expect(await missing({ node: old }, {}, { nodePath: '/bin/node' })).toMatch(/Node 18\.2\.0; 20 or newer is needed/);
    const electron: Act = () => '["22.2.0","33.0.0"]';
    expect(await missing({ node: electron }, {}, { nodePath: '/bin/node' })).toMatch(/is an Electron/);
    const bare: Act = () => '["22.2.0",null]';
    const lonely = put(join(temporaryFolder(), 'bin/node'));
    expect(await missing({ [lonely]: bare }, {}, { nodePath: lonely })).toMatch(/node-gyp, which comes with npm/);
  });

  it('Python, pip, and room', async () => {
    expect(await missing({})).toMatch(/no Python 3\.8 or newer on PATH.*python3-pip/);
    const noPip: Act = () =>
      JSON.stringify({ executable: '/bin/python3', version: '3.11.7', pip: false, tensorflow: null });
    expect(await missing({ python3: noPip })).toMatch(/neither TensorFlow nor pip.*ensurepip/);
    expect(await missing({ python3: python() }, { freeBytes: 1e8 })).toMatch(
      /too little room.*1600 MB are needed, 100 MB are free/,
    );
  });

  it('a build that fails, with the first error', async () => {
    const { folder, request } = place();
    const tools = toolchain(join(folder, 'two'), () => ({
      output: 'x.cc:20:10: fatal error: c_api.h: No such file\nmake: *** Error 1\n',
    }));
    const error = await failure(
      setUp({ ...request, nodePath: tools.node }, { ...tools.programs, python3: python(null, wheels()) }),
    );
    expect(error.message).toMatch(/could not be built \(exit status 1\): x\.cc:20:10: fatal error: c_api\.h/);
  });

  it('the sources, which npm is asked for', async () => {
    const npm: Act = (_args, { cwd }) => {
      put(join(cwd!, 'tensorflow-tfjs-node-gpu-4.22.0.tgz'));
      return '';
    };
    const unpack: Act = (_args, { cwd }) => {
      put(join(cwd!, 'binding/tfjs_backend.cc'));
      return '';
    };
    const made = place({ sources: [] });
    const programs = { ...made.tools.programs, python3: python(null, wheels()) };
    expect((await failure(setUp(made.request, programs))).remedy).toMatch(/Install npm/);
    const refused: Act = () => ({ output: 'ENOTFOUND' });
    expect((await failure(setUp(made.request, { ...programs, npm: refused }))).remedy).toMatch(/npm view/);
    expect(await setUp(made.request, { ...programs, npm, tar: unpack })).toMatchObject({
      installation: { version: '2.21.0' },
    });
  });
});

async function failure(done: Promise<unknown>): Promise<SetupError> {
  const error = await done.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'SetupError' });
  return error as SetupError;
}
