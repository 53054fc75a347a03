/** What is known of the data files that an experiment names, remembered until a file changes. */
import { stat } from 'node:fs/promises';
import type { CheckContext, DataFacts, DataKind } from '../../src/spec/check.ts';
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
    return engine.factsOfFiles(text, experimentFile, (path, as) => this.#factsOf(path, as));
  }

  async #factsOf(path: string, as: DataKind): Promise<DataFacts> {
    const stamp = (await (as === 'text' ? engine.textStamp(path) : stampOf(path))) ?? 'missing';
    const key = `${as} ${path}`;
    const known = this.#remembered.get(key);
    if (known?.stamp === stamp) return known.facts;
    const facts = engine.describeFile(path, as);
    this.#remembered.delete(key);
    this.#remembered.set(key, { stamp, facts });
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    return facts;
  }
}

async function stampOf(path: string): Promise<string | null> {
  return stat(path).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => null,
  );
}
