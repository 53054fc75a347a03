/** What took longer than it could have, and why: as pages and the command line say it. */
export function uncompiledText(reason: string): string {
  return `computed operation by operation: ${reason}`;
}
