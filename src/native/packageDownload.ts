/**
 * The package's own way: TensorFlow's C library and a ready-made addon from the host that `@tensorflow/tfjs-node-gpu`
 * names in its install script (scripts/install.js there). Fetched here and not by that script, which has no time-out, no
 * progress, needs npm, and on Windows leaves the library where the addon does not look.
 */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDING, NAPI_VERSION, PACKAGE_VERSION, buildAddon, findToolchain } from './addon.ts';
import { isFile, type Variant } from './current.ts';
import { DownloadError } from './download.ts';
import { SetupError } from './errors.ts';
import { PACKAGE_TENSORFLOW, type Place } from './plan.ts';
import { megabytes, needRoom, type WayContext, type WayResult } from './ways.ts';

const HOST = 'https://storage.googleapis.com';
const STALL_MS = 20_000;
const UNPACK_MS = 10 * 60_000;
const ROOM: Record<Variant, number> = { cpu: 1e9, cuda: 3e9 };
const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Addresses as the package's `scripts/install.js` and `binary` in its package.json put them together. */
export function packageUrls(place: Place, variant: Variant): { readonly library: string; readonly addon: string } {
  const system = SYSTEMS[place.platform] ?? place.platform;
  const ending = place.platform === 'win32' ? 'zip' : 'tar.gz';
  const kind = variant === 'cuda' ? 'gpu' : 'cpu';
  const addon = `${HOST}/tf-builds/pre-built-binary/napi-v${NAPI_VERSION}/${PACKAGE_VERSION}/${kind.toUpperCase()}-${system}-${PACKAGE_VERSION}.${ending}`;
  const arm: Record<string, string> = {
    darwin: 'libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
    linux: 'libtensorflow_r2_7_linux_arm64.tar.gz',
  };
  const own = place.arch === 'arm64' ? arm[place.platform] : undefined;
  const library =
    own === undefined
      ? `${HOST}/tensorflow/libtensorflow/libtensorflow-${kind}-${system}-x86_64-${PACKAGE_TENSORFLOW}.${ending}`
      : `${HOST}/tf-builds/${own}`;
  return { library, addon };
}

/** @throws SetupError, SetupCancelled */
export async function fromPackageDownload(c: WayContext): Promise<WayResult> {
  const { machine, target, scratch, variant, signal } = c;
  const urls = packageUrls(machine, variant);
  await needRoom(machine, target, ROOM[variant]);
  c.say('Asking the host of @tensorflow/tfjs-node-gpu');
  // The small one first: it tells whether the host can be reached at all.
  const addon = join(scratch, 'addon-archive');
  const ready = await fetchFile(c, urls.addon, addon);
  if (!ready) await findToolchain(machine, c.nodePath, signal);
  c.say('Downloading TensorFlow’s library');
  const archive = join(scratch, 'library-archive');
  if (!(await fetchFile(c, urls.library, archive))) throw unreachable(`there is no ${urls.library}`);
  await mkdir(join(target, 'deps/lib'), { recursive: true });
  c.say('Unpacking TensorFlow’s library');
  await unpack(c, archive, join(target, 'deps'));
  if (machine.platform === 'win32' && (await isFile(join(target, 'deps/tensorflow.dll'))))
    await copyFile(join(target, 'deps/tensorflow.dll'), join(target, 'deps/lib/tensorflow.dll'));
  if (ready) {
    const place = join(scratch, 'addon');
    await mkdir(place);
    await unpack(c, addon, place);
    const found = (await readdir(place, { recursive: true })).find((name) => name.endsWith('tfjs_binding.node'));
    if (found === undefined) throw unreachable(`${urls.addon} holds no tfjs_binding.node`);
    await mkdir(join(target, BINDING, '..'), { recursive: true });
    await copyFile(join(place, found), join(target, BINDING));
  } else {
    c.say('Building the addon');
    const libraries =
      machine.platform === 'darwin'
        ? ['libtensorflow.2.dylib', 'libtensorflow_framework.2.dylib']
        : ['libtensorflow.so.2', 'libtensorflow_framework.so.2'];
    await buildAddon({
      machine,
      target,
      include: join(target, 'deps/include'),
      libraries,
      sources: c.sources,
      nodePath: c.nodePath,
      python: c.pythonPath,
      signal,
      onLine: c.log,
    });
  }
  // Windows looks for the library beside what wants it.
  if (machine.platform === 'win32')
    await copyFile(join(target, 'deps/lib/tensorflow.dll'), join(target, BINDING, '../tensorflow.dll'));
  await rm(join(target, 'deps/include'), { recursive: true, force: true });
  return { variant, source: `downloaded from ${urls.library}` };
}

/** @returns false when the server has no such file. @throws SetupError when it cannot be reached. */
async function fetchFile(c: WayContext, url: string, file: string): Promise<boolean> {
  c.log(`fetching ${url}`);
  try {
    await c.machine.download(url, file, {
      signal: c.signal,
      stallMs: STALL_MS,
      onProgress: (bytes, total) => c.detail(`${megabytes(bytes)}${total === null ? '' : ` of ${megabytes(total)}`}`),
    });
    return true;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    c.log(error.message);
    if (error.status === 404 || error.status === 403) return false;
    throw unreachable(error.message);
  }
}

function unreachable(why: string): SetupError {
  return new SetupError(
    `The package's own download failed: ${why}`,
    'Check the network and its proxy settings, or let it be built against the TensorFlow of a Python (install Python with pip).',
  );
}

/** `tar` unpacks both kinds of archive: Windows has bsdtar, which reads zip files. */
async function unpack(c: WayContext, archive: string, folder: string): Promise<void> {
  const { status, output, reason } = await c.machine.run('tar', ['-xf', archive, '-C', folder], {
    timeoutMs: UNPACK_MS,
    signal: c.signal,
    onLine: c.log,
  });
  if (status === 0) return;
  throw new SetupError(
    `The download could not be unpacked: ${output.trim().split('\n').at(-1) || reason}`,
    'Install tar if it is missing; free some disk space if the disk is full; then set up again.',
  );
}
