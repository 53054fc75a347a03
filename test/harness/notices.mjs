import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';

/** Packages whose files are copied into dist/ rather than bundled. */
const COPIED = ['@tensorflow/tfjs-backend-wasm', 'mnist', 'onnxruntime-node'];

/**
 * Writes dist/ThirdPartyNotices.txt: name, version and licence of every package of which something is in dist/.
 * @param {readonly (import('esbuild').Metafile | undefined)[]} metafiles
 * @throws Error for a package that states no licence
 */
export async function writeNotices(metafiles) {
  const folders = new Set(COPIED.map((name) => `node_modules/${name}`));
  for (const metafile of metafiles) {
    for (const output of Object.values(metafile?.outputs ?? {})) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const match = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input);
        if (match && bytesInOutput > 0) folders.add(match[0]);
      }
    }
  }
  const notices = await Promise.all([...folders].sort().map(notice));
  // Some packages name their licence without its text: it is then that of a neighbour under the same one.
  /** @param {string} license */
  const textOf = (license) =>
    notices
      .flatMap((one) => (one.license === license && one.text.length > 200 ? [one.text] : []))
      .sort((a, b) => a.length - b.length)[0];
  const parts = notices.map(({ title, license, by, text }) => {
    const body = text || `${by ? `Copyright ${by}\n\n` : ''}${withoutCopyright(textOf(license) ?? '')}`;
    if (body.length < 200) throw new Error(`no text for the licence of ${title}`);
    return `${title}\n\n${body}\n`;
  });
  const head = 'Likelihood Lens contains parts of the following packages, under these licences.\n';
  await writeFile(path.join(root, 'dist/ThirdPartyNotices.txt'), [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`));
}

/**
 * @param {string} folder relative to the checkout
 * @returns {Promise<{ title: string; license: string; by: string | undefined; text: string }>}
 */
async function notice(folder) {
  const directory = path.join(root, folder);
  const { name, version, license, author } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder}/package.json names no licence`);
  const files = (await readdir(directory)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), 'utf8')));
  const by = typeof author === 'string' ? author : author?.name;
  return { title: `${name} ${version} (${license})`, license, by, text: texts.map((text) => text.trim()).join('\n\n') };
}

/**
 * @param {string} text
 * @returns {string} a licence's text without the lines that name somebody else's copyright
 */
function withoutCopyright(text) {
  return text
    .split('\n')
    .filter((line) => !/^\s*copyright\s+(\(c\)|©|\d{4})/i.test(line))
    .join('\n')
    .trim();
}
