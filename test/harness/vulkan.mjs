/** SwiftShader, Chromium's software Vulkan, for the webgpu backend on machines without a GPU. */
import { readdir, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, exists } from './cache.mjs';

const LIBRARIES = ['/usr/lib/chromium/libvk_swiftshader.so', '/usr/lib64/chromium-browser/libvk_swiftshader.so'];
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** @returns {Promise<string | undefined>} the library, where Chromium has brought it */
export async function swiftShader() {
  for (const file of LIBRARIES) if (await exists(file)) return file;
  return undefined;
}

/**
 * @returns {Promise<{ VK_ICD_FILENAMES?: string }>} what points Vulkan to SwiftShader; nothing where it has a driver of
 *   its own, or there is no SwiftShader
 */
export async function softwareVulkan() {
  if (process.env.VK_ICD_FILENAMES !== undefined) return {};
  for (const folder of DRIVERS) {
    const files = await readdir(folder).catch(() => []);
    if (files.some((name) => name.endsWith('.json'))) return {};
  }
  const library = await swiftShader();
  if (library === undefined) return {};
  const driver = path.join(cacheFolder(), 'swiftshader.json');
  mkdirSync(path.dirname(driver), { recursive: true });
  const icd = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.1.0' } };
  await writeFile(driver, JSON.stringify(icd));
  return { VK_ICD_FILENAMES: driver };
}
