/** Copies typed arrays that are views into larger buffers: posting a view takes its whole buffer along. */

/** The same value, in which every typed array owns exactly its own buffer. Arrays that do so already are not copied. */
export function withOwnBuffers<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownView(value);
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copy(entry)]));
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  if (view.byteLength === view.buffer.byteLength) return view;
  const bytes = new Uint8Array(view.byteLength);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  // A Buffer arrives in the page as a Uint8Array in any case.
  if (view instanceof Uint8Array) return bytes;
  if (view instanceof DataView) return new DataView(bytes.buffer);
  const type = view.constructor as new (buffer: ArrayBuffer) => ArrayBufferView;
  return new type(bytes.buffer);
}
