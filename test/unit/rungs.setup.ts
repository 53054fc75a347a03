/**
 * Before the unit tests: what this machine can compute on, found out once for all of them. Where there is no GPU, the
 * webgpu rung runs on SwiftShader, Chromium's software Vulkan, if that is installed. $LENS_RUNGS (`wasm,cpu`) leaves the
 * others out, for runs that are to be quick.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { ProbeResult } from '../../src/backends/backend.ts';
import { rungs } from '../../src/backends/index.ts';
import { softwareVulkan } from '../harness/vulkan.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    readonly rungs: readonly ProbeResult[];
  }
}

export default async function setUp(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'lens-rungs-'));
  // Timings of the tests' models are nobody's business.
  process.env['LENS_TIMINGS'] = join(folder, 'timings.json');
  Object.assign(process.env, await softwareVulkan());
  const results: ProbeResult[] = [];
  const asked = process.env['LENS_RUNGS']?.split(',');
  for (const rung of rungs) {
    if (!asked || asked.includes(rung.name)) results.push(await rung.probe());
    else
      results.push({ available: false, name: rung.name, reason: `left out of this run, which is for ${asked.join()}` });
  }
  project.provide('rungs', results);
  return () => rmSync(folder, { recursive: true, force: true });
}
