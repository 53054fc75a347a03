/** `lens sample` of a model of text: text to standard output as it is written, or into a file. */
import { Option, type Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { generateText } from '../../models/generateText.ts';
import { MOST_PRIME, primeProblem, textLimits, unescaped } from '../../protocol/textLimits.ts';
import { checkpointOf, loadCheckpointModel, type StoredRun } from '../../worker/loadRun.ts';
import { textRandom } from '../../worker/textSampling.ts';
import { heedInterrupts, INTERRUPTED } from '../interruptible.ts';
import { wholeNumber } from '../options.ts';
import { CliError, integer, printJson, say } from '../output.ts';
import { progressBar } from '../progress.ts';

export interface TextOptions {
  readonly length?: number;
  readonly prime?: string;
  readonly topK?: number;
}

interface Writing extends TextOptions {
  readonly seed: number;
  readonly temperature: number;
  readonly out?: string;
  readonly json?: true;
}

const LENGTH = 500;
/** Characters reach the terminal after so long at most, ms; then a signal is heard, too. */
const BREATH_MS = 30;

/** Adds what may be asked of a text. */
export function textOptions(command: Command): Command {
  const { length, topK } = textLimits;
  return command
    .addOption(
      new Option('--length <n>', `of a model of text: characters to write (default: ${LENGTH})`).argParser(
        wholeNumber(length.min, length.max),
      ),
    )
    .addOption(new Option('--prime <text>', 'of a model of text: what it goes on from; \\n and \\t are read as such'))
    .addOption(
      new Option('--top-k <k>', 'of a model of text: draw from the k most probable characters alone').argParser(
        wholeNumber(topK.min, topK.max),
      ),
    );
}

/** The option among these that only text has, if one was given. */
export function textOptionOf({ length, prime, topK }: TextOptions): string | null {
  if (length !== undefined) return '--length';
  if (prime !== undefined) return '--prime';
  return topK === undefined ? null : '--top-k';
}

/** @throws CliError when the model cannot read the prime; RunError when its weights do not fit. */
export async function sampleText(run: StoredRun, options: Writing): Promise<void> {
  const { length = LENGTH, topK = null, seed, temperature, out, json } = options;
  const { characters } = run.manifest;
  if (!characters)
    throw new CliError('this run does not tell its characters: it is of an earlier version; train it anew');
  const prime = unescaped(options.prime ?? '');
  const problem = primeProblem(prime, characters);
  if (problem !== null) {
    throw new CliError(`--prime: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`, hintOf(prime));
  }
  const { model, parameters } = await loadCheckpointModel(run, checkpointOf(run, 'best'));
  const request = { prime, length, temperature, topK, random: textRandom(seed) };
  const streams = out === undefined && json === undefined;
  const bar = progressBar(out !== undefined && json === undefined, length, '  {bar} {value} of {total} characters');
  const { signal, stop } = heedInterrupts();
  const pieces: string[] = [];
  let [nats, shown, breathed] = [0, 0, performance.now()];
  const breathe = async () => {
    bar.update(pieces.length);
    if (streams && pieces.length > shown) await write(pieces.slice(shown).join(''));
    shown = pieces.length;
    // Lets the signal in.
    await new Promise((resolve) => setImmediate(resolve));
    breathed = performance.now();
  };
  try {
    if (streams) await write(prime);
    for (const written of generateText(model, parameters, characters, request)) {
      pieces.push(written.character);
      nats += written.nats;
      if (performance.now() - breathed > BREATH_MS) await breathe();
      if (signal.aborted) break;
    }
    await breathe();
  } finally {
    bar.stop();
    stop();
  }
  const cut = signal.aborted;
  const text = pieces.join('');
  if (streams && text.at(-1) !== '\n') await write('\n');
  if (out !== undefined) await writeFileAtomic(out, prime + text);
  if (cut) process.exitCode = INTERRUPTED;
  if (json) {
    printJson({
      ...{ prime, text, length: pieces.length, seed, temperature, topK },
      natsPerCharacter: pieces.length > 0 ? nats / pieces.length : null,
      ...(out !== undefined && { file: out }),
    });
    return;
  }
  const cost =
    pieces.length === 0 ? '' : `, ${(nats / pieces.length).toFixed(3)} nats a character under the model itself`;
  const where = out === undefined ? '' : `: ${out}`;
  const count = `${cut ? 'Interrupted after ' : ''}${integer(pieces.length)} characters`;
  say(`${count}, seed ${seed}, temperature ${temperature}${topK === null ? '' : `, top ${topK}`}${cost}${where}`);
}

function hintOf(prime: string): string {
  return prime.length > MOST_PRIME
    ? 'A recurrent network has forgotten what was long before: a few hundred characters are enough.'
    : 'Leave these out: there is no probability for what the training text never had.';
}

/** Waits where the reader is slower than the model. */
async function write(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}
