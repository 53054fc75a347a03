/**
 * Before the unit tests: what this machine can compute on, found out once for all of them. Where there is no GPU, the
 * webgpu rung runs on SwiftShader, Chromium's software Vulkan, if that is installed.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { ProbeResult } from '../../src/backends/backend.ts';
import { rungs } from '../../src/backends/index.ts';
import { findDawn } from '../../src/backends/webgpu/find.ts';
import { tryNative } from '../../src/backends/native/tryNative.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly rungs: readonly ProbeResult[];
  }
}

const SWIFTSHADER = ['/usr/lib/chromium/libvk_swiftshader.so', '/usr/lib64/chromium-browser/libvk_swiftshader.so'];

export default async function setUp(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'lens-rungs-'));
  // Timings of the tests' models are nobody's business.
  process.env['LENS_TIMINGS'] = join(folder, 'timings.json');
  await takeSwiftShader(folder);
  const results: ProbeResult[] = [];
  for (const rung of rungs) results.push(await rung.probe());
  project.provide('rungs', results);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Points Vulkan to SwiftShader unless it has a driver of its own. */
async function takeSwiftShader(folder: string): Promise<void> {
  const library = SWIFTSHADER.find((file) => existsSync(file));
  const dawn = findDawn(import.meta.dirname);
  if (library === undefined || dawn.file === null || process.env['VK_ICD_FILENAMES'] !== undefined) return;
  const found = await tryNative('webgpu', dawn.file, { limitMs: 30_000 });
  if (found.ok) return;
  const driver = join(folder, 'swiftshader.json');
  const icd = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.1.0' } };
  writeFileSync(driver, JSON.stringify(icd));
  process.env['VK_ICD_FILENAMES'] = driver;
}
