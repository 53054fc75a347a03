/** The parts that touch the real machine: programs, downloads, Node, and the trial of an addon. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkAddon } from '../../../src/native/check.ts';
import { download, DownloadError } from '../../../src/native/download.ts';
import { SetupCancelled } from '../../../src/native/errors.ts';
import { findOnPath, thisMachine } from '../../../src/native/machine.ts';
import { findNode } from '../../../src/native/nodes.ts';
import { cacheFolder, nativeRoot } from '../../../src/native/root.ts';
import { runProgram } from '../../../src/native/run.ts';
import { bindingSources } from '../../../src/native/sources.ts';
import { put, temporaryFolder } from './support.ts';

const node = (script: string, o: Partial<Parameters<typeof runProgram>[2]> = {}) =>
  runProgram(process.execPath, ['-e', script], { timeoutMs: 20_000, ...o });

describe('running programs', () => {
  it('gives output, lines and status', async () => {
    const lines: string[] = [];
    const script = 'process.stdout.write("a\\nb"); process.stderr.write("c\\n"); process.exitCode = 3';
    expect(await node(script, { onLine: (line) => lines.push(line) })).toMatchObject({
      status: 3,
      stdout: 'a\nb',
      reason: 'exit status 3',
    });
    expect(lines.sort()).toEqual(['a', 'b', 'c']);
  });

  it('says when there is no such program', async () => {
    expect(await runProgram('/no/such/program', [], { timeoutMs: 1000 })).toMatchObject({
      status: null,
      reason: 'not found',
    });
  });

  /** Starts a child that holds the same output, and waits with it: what reads that output sees its end with the last of both. */
  const parent = (file: string) =>
    `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' });
     require('node:fs').writeFileSync(${JSON.stringify(file)}, String(c.pid)); setInterval(() => 0, 1000)`;

  it('ends a late one with its children', async () => {
    const file = join(temporaryFolder(), 'pid');
    expect(await node(parent(file), { timeoutMs: 1500 })).toMatchObject({ status: null, reason: 'no end after 2 s' });
  });

  it('ends a cancelled one with its children', async () => {
    const file = join(temporaryFolder(), 'pid');
    const stop = new AbortController();
    const done = node(parent(file), { signal: stop.signal });
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toBeTruthy(), { timeout: 10_000 });
    stop.abort();
    await expect(done).rejects.toBeInstanceOf(SetupCancelled);
    await expect(node('0', { signal: stop.signal })).rejects.toBeInstanceOf(SetupCancelled);
  });
});

describe('downloading', () => {
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
  };
  const target = () => join(temporaryFolder(), 'file');

  it('brings the file, telling how far it is', async () => {
    const url = await serve((_request, response) => response.setHeader('content-length', 5).end('hello'));
    const file = target();
    const told: (number | null)[] = [];
    await download(url, file, { stallMs: 5000, onProgress: (bytes, total) => told.push(bytes, total) });
    expect(readFileSync(file, 'utf8')).toBe('hello');
    expect(told).toEqual([5, 5]);
  });

  it('gives the server’s refusal', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await expect(download(url, target(), { stallMs: 5000 })).rejects.toMatchObject({
      name: 'DownloadError',
      status: 404,
    });
  });

  it('gives up when nothing comes, before an answer or after', async () => {
    const silent = await serve(() => undefined);
    await expect(download(silent, target(), { stallMs: 100 })).rejects.toThrow(/nothing came for/);
    const stalling = await serve(
      (_request, response) => void response.writeHead(200, { 'content-length': 9 }).write('half'),
    );
    await expect(download(stalling, target(), { stallMs: 200 })).rejects.toThrow(/nothing came for/);
  });

  it('notices an early end', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy());
    });
    await expect(download(url, target(), { stallMs: 5000 })).rejects.toBeInstanceOf(DownloadError);
  });

  it('can be cancelled', async () => {
    const url = await serve(() => undefined);
    const stop = new AbortController();
    const done = download(url, target(), { stallMs: 60_000, signal: stop.signal });
    stop.abort();
    await expect(done).rejects.toBeInstanceOf(SetupCancelled);
  });
});

describe('the trial of an addon', () => {
  /** An addon as a script: `multiply` gives the product. */
  const addon = (multiply: string) =>
    put(
      join(temporaryFolder(), 'addon.cjs'),
      `exports.createTensor = () => 1; exports.executeOp = () => [{ id: 2 }];
       exports.tensorDataSync = () => ${multiply}; exports.isUsingGpuDevice = () => true; exports.TF_Version = '2.21.0';`,
    );
  const check = (binding: string) =>
    checkAddon(thisMachine(), binding, { execPath: process.execPath, env: process.env }, { onLine: () => undefined });

  it('believes what multiplies', async () => {
    const works = addon('new Float32Array([7, 10, 15, 22])');
    expect(await check(works)).toEqual({ version: '2.21.0', gpu: true, complaint: null });
  });

  it('does not believe what does not', async () => {
    await expect(check(addon('new Float32Array(4)'))).rejects.toThrow(/computed \[0,0,0,0\] where \[7,10,15,22\]/);
    await expect(check(addon('nothing.here'))).rejects.toThrow(/ReferenceError|nothing is not defined/);
    await expect(check(addon('process.exit(0)'))).rejects.toThrow(/gave no answer/);
    const broken = put(join(temporaryFolder(), 'tfjs_binding.node'), 'no library');
    await expect(check(broken)).rejects.toThrow(/does not work: Error: .*tfjs_binding\.node/);
  });
});

it('finds this Node, and says why another will not do', async () => {
  const machine = thisMachine();
  expect(await findNode(machine, process.execPath)).toEqual({
    node: { path: process.execPath, version: process.versions.node },
  });
  expect(await findNode(machine, '/no/such/node')).toEqual({
    node: null,
    reason: '/no/such/node did not run (not found)',
  });
  const script = put(join(temporaryFolder(), 'not-node'), '#!/bin/sh\necho hello\n');
  const { chmodSync } = await import('node:fs');
  chmodSync(script, 0o755);
  expect(await findNode(machine, script)).toMatchObject({
    node: null,
    reason: expect.stringMatching(/as a Node does/) as string,
  });
});

it('looks for programs on PATH only', () => {
  const folder = temporaryFolder();
  put(join(folder, 'plain'));
  expect(findOnPath('plain', { PATH: folder }, 'linux')).toBeNull();
  put(join(folder, 'tool.exe'));
  expect(findOnPath('tool', { Path: folder }, 'win32')).toBe(join(folder, 'tool.exe'));
});

it('keeps one layout under either base', () => {
  expect(cacheFolder({ LENS_CACHE: '/c' })).toBe('/c');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/likelihood-lens');
  expect(nativeRoot('/storage')).toBe('/storage/native-tensorflow');
});

it('finds the addon’s sources beside the program, then in packages above it', () => {
  const folders = bindingSources('/a/dist');
  expect(folders[0]).toBe('/a/dist/native');
  expect(folders).toContain('/a/node_modules/@tensorflow/tfjs-node-gpu/binding');
});
