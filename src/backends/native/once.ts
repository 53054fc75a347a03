/** The same answer every time, found out when it is first asked for. */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => (result ??= act());
}
