/** The JSON Schema of experiment files, made for VS Code's JSON service. Used at build time. */
export function experimentJsonSchema(): Record<string, unknown> {
  throw new Error('not built yet');
}
