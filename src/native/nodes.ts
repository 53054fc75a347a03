/** Real Node programs on the machine: for building the addon, and for backends that the editor's own runtime cannot run. */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFile } from './current.ts';
import type { Machine } from './machine.ts';

export const OLDEST_NODE = 20;

export interface RealNode {
  readonly path: string;
  readonly version: string;
}

export type NodeAnswer = { readonly node: RealNode } | { readonly node: null; readonly reason: string };

const PATIENCE_MS = 10_000;

/**
 * A Node of version {@link OLDEST_NODE} or newer that is no Electron: the one that a setting names, else the first of
 * that name on PATH.
 */
export async function findNode(
  machine: Pick<Machine, 'run' | 'onPath' | 'env'>,
  named: string | null,
  signal?: AbortSignal,
): Promise<NodeAnswer> {
  const path = named ?? machine.onPath('node');
  if (path === null) return { node: null, reason: 'there is no node on PATH' };
  const env = { ...machine.env };
  // With it, an Electron would pass for a Node.
  delete env['ELECTRON_RUN_AS_NODE'];
  const ask = 'process.stdout.write(JSON.stringify([process.versions.node, process.versions.electron ?? null]))';
  const { status, stdout, output, reason } = await machine.run(path, ['-e', ask], {
    timeoutMs: PATIENCE_MS,
    env,
    signal,
  });
  if (status !== 0)
    return { node: null, reason: `${path} did not run (${output.trim().split('\n').at(-1) || reason})` };
  let version: string;
  try {
    const [node, electron] = JSON.parse(stdout) as [string, string | null];
    if (electron !== null) return { node: null, reason: `${path} is an Electron, not a Node` };
    version = node;
  } catch {
    return { node: null, reason: `${path} does not answer as a Node does` };
  }
  if (Number(version.split('.')[0]) < OLDEST_NODE)
    return { node: null, reason: `${path} is Node ${version}; ${OLDEST_NODE} or newer is needed` };
  return { node: { path, version } };
}

/** The folder that `--nodedir` wants: with the headers of N-API in it; null where this Node came without them. */
export async function nodeHeaders(node: RealNode): Promise<string | null> {
  const real = await realpath(node.path).catch(() => node.path);
  for (const folder of [dirname(dirname(real)), dirname(real)]) {
    const include = join(folder, 'include/node');
    if ((await isFile(join(include, 'node_api.h'))) && (await isFile(join(include, 'common.gypi')))) return folder;
  }
  return null;
}

/** The script of node-gyp that comes with npm; null where there is none. */
export async function findNodeGyp(machine: Machine, node: RealNode): Promise<string | null> {
  const real = await realpath(node.path).catch(() => node.path);
  const npm = machine.onPath('npm');
  const cli = npm === null ? null : await realpath(npm).catch(() => null);
  const folders = [
    join(dirname(real), '../lib/node_modules/npm/node_modules'),
    join(dirname(real), 'node_modules/npm/node_modules'),
    // …/npm/bin/npm-cli.js
    ...(cli === null ? [] : [join(dirname(cli), '../node_modules'), join(dirname(cli), '../..')]),
    ...(npm === null ? [] : [join(dirname(npm), 'node_modules/npm/node_modules')]),
  ];
  for (const folder of folders) {
    const script = join(folder, 'node-gyp/bin/node-gyp.js');
    if (await isFile(script)) return script;
  }
  return null;
}
