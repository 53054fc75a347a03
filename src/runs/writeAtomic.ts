/** Files that are there whole or not at all. */
import writeFileAtomic from 'write-file-atomic';

/** Writes a file whole or not at all: under another name, flushed, then renamed. */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  await writeFileAtomic(file, typeof content === 'string' ? content : asBuffer(content));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
