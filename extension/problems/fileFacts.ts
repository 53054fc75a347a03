/** What is known of the data files that an experiment names, remembered until a file changes. */
import { stat } from 'node:fs/promises';
import type { CheckContext, DataFacts } from '../../src/spec/check.ts';
import { engine } from '../engine.ts';

interface Remembered {
  readonly stamp: string;
  readonly facts: Promise<DataFacts>;
}

const MAX_REMEMBERED = 200;

export class FileFacts {
  readonly #remembered = new Map<string, Remembered>();

  /** Facts of the files named in `text`, by the names used there. */
  contextOf(text: string, experimentFile: string): Promise<CheckContext> {
    return engine.factsOfFiles(text, experimentFile, (path) => this.#factsOf(path));
  }

  async #factsOf(path: string): Promise<DataFacts> {
    const stamp = await stat(path).then(
      ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
      () => 'missing',
    );
    const known = this.#remembered.get(path);
    if (known?.stamp === stamp) return known.facts;
    const facts = engine.describeFile(path);
    this.#remembered.delete(path);
    this.#remembered.set(path, { stamp, facts });
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    return facts;
  }
}
