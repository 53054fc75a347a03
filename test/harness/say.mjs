/**
 * What the scripts print: one short line a step, in plain words, and failures that name what to do next.
 * Everything in this folder that ends in .mjs runs before `node_modules` exists and so imports nothing from it.
 */

/** A failure the reader can act on: what went wrong, and what to do about it. */
export class Failure extends Error {
  /**
   * @param {string} message what went wrong, one sentence
   * @param {string} remedy what the reader can do about it
   */
  constructor(message, remedy) {
    super(message);
    this.name = 'Failure';
    this.remedy = remedy;
  }
}

const started = Date.now();

/**
 * Prints one progress line, with the seconds since the script started.
 * @param {string} text
 */
export function say(text) {
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}

/**
 * Runs a script's main function and turns what it throws into a readable message and exit status 1.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`\n${error.message}\nWhat to do: ${error.remedy}\n`);
    } else {
      process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
    process.exitCode = 1;
  }
}
