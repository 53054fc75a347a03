/** `lens setup-native`: native TensorFlow, for the backends `tensorflow-gpu` and `tensorflow`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Variant } from '../../native/current.ts';
import { SetupCancelled, SetupError } from '../../native/errors.ts';
import { thisMachine } from '../../native/machine.ts';
import { cacheFolder, nativeRoot } from '../../native/root.ts';
import { LOG_FILE, setUpNative, type SetupResult } from '../../native/setup.ts';
import { bindingSources } from '../../native/sources.ts';
import { jsonOption, positiveNumber } from '../options.ts';
import { CliError, print, printJson, say } from '../output.ts';

interface Options {
  readonly variant: 'auto' | Variant;
  readonly python?: string;
  readonly folder?: string;
  readonly minutes?: number;
  readonly json?: true;
}

export function setupNativeCommand(): Command {
  return new Command('setup-native')
    .summary('set up native TensorFlow')
    .description(
      'Sets native TensorFlow up for this user, which the backends tensorflow-gpu and tensorflow compute on: the library by download where that can be reached and suits the graphics card, else out of a Python’s TensorFlow with an addon built here. What was set up before stays in use until the new one works.',
    )
    .addOption(
      new Option('--variant <name>', 'for an NVIDIA card (cuda) or the processor (cpu)')
        .choices(['auto', 'cuda', 'cpu'])
        .default('auto'),
    )
    .option('--python <program>', 'the Python to take TensorFlow from, or to download it with')
    .option('--folder <folder>', 'where to keep it (default: native-tensorflow in the cache folder)')
    .addOption(new Option('--minutes <n>', 'give up after so long').argParser(positiveNumber))
    .addOption(jsonOption('write what was set up as JSON'))
    .action(async (options: Options) => {
      const result = await setUp(options);
      if (result === null) return;
      const { installation, gpu, complaint } = result;
      if (options.json) return printJson({ ...installation, gpu });
      print(`TensorFlow ${installation.version} (${installation.variant}): ${installation.binding}`);
      if (complaint !== null) say(`It does not use the graphics card: ${complaint}`);
    });
}

const CLEAR_LINE = '\r\u001B[K';
/** How far a step is stands on the line below it, until the next one. */
const onTerminal = {
  say: (text: string) => say(CLEAR_LINE + text),
  detail: (text: string) => void process.stderr.write(CLEAR_LINE + text),
};

/** @returns null when it was interrupted. @throws CliError */
async function setUp({ variant, python, folder, minutes }: Options): Promise<SetupResult | null> {
  const root = folder === undefined ? nativeRoot(cacheFolder()) : resolve(folder);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const timer = minutes === undefined ? undefined : setTimeout(interrupt, minutes * 60_000);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await setUpNative(
      {
        root,
        variant,
        pythonPath: python ?? null,
        nodePath: null,
        runtime: { execPath: process.execPath, env: process.env },
        sources: bindingSources(import.meta.dirname),
      },
      thisMachine(),
      { signal: stop.signal, ...(process.stderr.isTTY ? onTerminal : { say }) },
    );
  } catch (error) {
    if (error instanceof SetupCancelled) {
      say(error.message);
      process.exitCode = 130;
      return null;
    }
    const log = join(root, LOG_FILE);
    const where = existsSync(log) ? ` The log: ${log}` : '';
    if (error instanceof SetupError) throw new CliError(error.message, `What to do: ${error.remedy}${where}`);
    throw error;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
