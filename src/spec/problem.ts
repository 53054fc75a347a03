/** Something wrong with an experiment file, with its place. */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'info';
  /** A sentence: what was found and what would be right. */
  readonly message: string;
  /** Keys and indices from the root. */
  readonly path: readonly (string | number)[];
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly length: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** `syntax` problems are shown by the editor's own JSON service; the others only by us. */
  readonly source: 'syntax' | 'schema' | 'semantic';
}

/** An experiment that cannot be used, with every problem in it. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((p) => `${file}:${p.line}:${p.column}: ${p.severity}: ${p.message}`).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}
