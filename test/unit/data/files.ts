/** Bytes of data files for tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';

/** A folder for the tests of one file, gone afterwards. */
export function temporaryFolder(): {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
} {
  let path = '';
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'lens-data-'));
  });
  afterAll(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    /** Makes the folders it lies in. Answers with the name, for use as a location. */
    async write(name, content) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), content);
      return name;
    },
  };
}

export function unpacked(base64: string): Uint8Array {
  return gunzipSync(Buffer.from(base64, 'base64'));
}

/** An idx file: type code, sizes, and the bytes of its values. */
export function idxBytes(type: number, sizes: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + values.length);
  bytes.set([0, 0, type, sizes.length]);
  for (const [i, size] of sizes.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * i, size);
  bytes.set(values, 4 + 4 * sizes.length);
  return bytes;
}
