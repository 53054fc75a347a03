/** A run folder, checkpoint or weights file that cannot be used: names the file, what was found and what would be right. */
export class RunError extends Error {
  override readonly name = 'RunError';
}
