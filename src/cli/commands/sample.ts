/** `lens sample`: rows drawn from a run's best parameters, or completed by them, as npy, csv or PNG. */
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { type Backend, type BackendName, backendNames } from '../../backends/backend.ts';
import { slowerOnce } from '../../backends/compiledPasses.ts';
import { startBackend } from '../../backends/index.ts';
import { apply } from '../../backends/tuning.ts';
import type { ContextFacts } from '../../data/dataset.ts';
import { splitNames } from '../../data/split.ts';
import { valueRange } from '../../inspection/sampleFrames.ts';
import { type DrawnRows, drawRows, type DrawProgress } from '../../inspection/samples.ts';
import type { Model } from '../../models/model.ts';
import type { ColumnRange } from '../../protocol/worker.ts';
import type { SplitName } from '../../spec/data.ts';
import { noSamplesOf } from '../../spec/models/index.ts';
import { checkpointOf, loadCheckpointModel, loadRun, loadRunData, type StoredRun } from '../../worker/loadRun.ts';
import { MAX_SAMPLE_ROWS } from '../../worker/requestSpecs.ts';
import { maskAsked, sampleInputs } from '../../worker/sampleInputs.ts';
import { npyOf, pngOf } from '../../worker/sampling.ts';
import { finishedRows, INTERRUPTED, untilInterrupted } from '../interruptible.ts';
import { columnRanges, jsonOption, positiveNumber, wholeNumber } from '../options.ts';
import { CliError, integer, print, printJson, say } from '../output.ts';
import { progressBar } from '../progress.ts';
import { contextKindOf, contextOf, givenOf } from '../sampleInputs.ts';
import { shortest } from '../../figures/sampleWords.ts';
import { outputPath, runPath } from '../targets.ts';
import { sampleText, textOptionOf, textOptions, type TextOptions } from './sampleText.ts';

interface SampleOptions extends TextOptions {
  readonly count?: number;
  readonly seed: number;
  readonly temperature: number;
  readonly mask?: number;
  readonly given?: string;
  readonly givenFrom?: SplitName;
  readonly keep?: readonly ColumnRange[];
  readonly first?: number;
  readonly context?: string;
  readonly backend?: BackendName;
  readonly out?: string;
  readonly json?: true;
}

type RowOptions = SampleOptions & { readonly count: number; readonly out: string };

/** Values that take seconds to draw. */
const LONG = 10_000_000;

export function sampleCommand(): Command {
  const command = new Command('sample')
    .summary('draw rows from a trained model, or complete rows; write text with a model of text')
    .description(
      'Draws rows from the parameters of the best epoch by ancestral sampling, from the whole ensemble when the model ' +
        'has several masks, or from the one that --mask names. The same seed gives the same rows, on every machine where no ' +
        '--backend is named.\n\n' +
        'With --given or --given-from, rows are completed: what is given stays, the rest is drawn from p(rest | given). ' +
        'Row i completes row i of what is given, beginning anew after the last. An order completes what it has before ' +
        'everything else; a model that was trained for any order completes everything.\n\n' +
        'A model of text (char-rnn) writes --length characters to standard output as they come, or into --out; --prime is what it goes on from. ' +
        'With --count it draws rows like any other: the places of their characters, each row a text from its beginning.',
    )
    .argument('<run>', 'folder of a run')
    .addOption(
      new Option('--count <n>', 'rows to draw; needed but for text').argParser(wholeNumber(1, MAX_SAMPLE_ROWS)),
    )
    .addOption(new Option('--seed <s>', 'seed of the random numbers').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1))
    .addOption(
      new Option(
        '--temperature <t>',
        'divides the logits of binary values and of characters and multiplies σ of real ones; of models with latents σ of those as well. 1 is the model itself',
      )
        .argParser(positiveNumber)
        .default(1),
    )
    .addOption(
      new Option('--mask <n>', 'draw under this mask (order) alone, counted from 0 (default: all of them)').argParser(
        wholeNumber(0),
      ),
    )
    .addOption(
      new Option(
        '--given <file[#array]>',
        'rows to complete, any format: NaN or an empty cell where nothing is given',
      ).conflicts(['givenFrom']),
    )
    .addOption(
      new Option('--given-from <split>', "rows of the run's data to complete; needs --keep").choices(splitNames),
    )
    .addOption(
      new Option('--keep <columns>', 'columns of these rows that are given, from 0: 0-391, or 0-27,56-83').argParser(
        columnRanges,
      ),
    )
    .addOption(new Option('--first <row>', 'first of these rows, from 0 (default: 0)').argParser(wholeNumber(0)))
    .option('--context <label|file>', 'what rows are conditioned on: a label, from 0, or values [n, C]')
    .addOption(
      new Option(
        '--backend <name>',
        'what to compute flows and decoders of VAEs on; those with programs (onnx, tensorflow) are faster for many rows. The last ' +
          'bits of the rows are its own (default: WebAssembly, the same rows on every machine)',
      ).choices(backendNames),
    )
    .addOption(
      new Option(
        '--out <file>',
        '.npy: [n, D]; .csv: a row a line, below x1, x2, …; .png: a grid of images; of a text any other. Needed but for text',
      ),
    )
    .addOption(
      jsonOption('write what was drawn as JSON: rows, dimension, seed, temperature, mask, given, backend, file'),
    )
    .action(async (argument: string, options: SampleOptions, subject: Command) => {
      const { seed, temperature, json } = options;
      const run = await loadRun(await runPath(argument));
      if (await writesText(run, argument, options, subject)) return;
      const { count, out } = options as RowOptions;
      const extension = extname(out).toLowerCase();
      if (extension !== '.npy' && extension !== '.csv' && extension !== '.png') {
        throw new CliError(`${out}: samples are written as .npy, .csv or .png; the name must end so`);
      }
      checkTogether(options);
      await outputPath('--out', out);
      const { image, dimension } = run.manifest;
      const refusal = noSamplesOf(run.experiment.model);
      if (refusal !== null) throw new CliError(`${argument}: ${refusal}`);
      if (extension === '.png' && !image) {
        throw new CliError(
          `${out}: the rows of this run are no images, so there is no PNG of them`,
          run.manifest.model?.text
            ? 'Write them as .npy or .csv; without --count it is text that is written.'
            : 'Write them as .npy or .csv, or give "image": [height, width] under "data" in the experiment.',
        );
      }
      const { model, parameters } = await loadCheckpointModel(run, checkpointOf(run, 'best'));
      const backend = await backendFor(options, run);
      const mask = maskAsked(model, options.mask);
      const contextKind = contextKindOf(run.experiment.data);
      const source = { model, contextKind, dataset: () => loadRunData(run) };
      const inputs = await sampleInputs(source, {
        rows: count,
        given: await givenOf(options, model),
        context: await contextOf(options, model, contextKind),
      });
      const what = inputs.given ? 'completed' : 'drawn';
      const bar = progressBar(json === undefined, count, `  {bar} {rows} of {total} rows ${what}`, { rows: '0' });
      // Off a terminal there is no bar: who waits long is told for what, once an interruption would be heard, and how far it is.
      const told = json === undefined && !process.stderr.isTTY && count * dimension > LONG;
      let last: DrawProgress | null = null;
      let tenths = 0;
      const onProgress = (progress: DrawProgress) => {
        last = progress;
        const finished = Math.floor(progress.finished);
        bar.update(Math.floor(progress.share * count), { rows: integer(finished) });
        if (!told || Math.floor((10 * finished) / count) <= tenths) return;
        tenths = Math.floor((10 * finished) / count);
        say(`${integer(finished)} of ${integer(count)} rows ${what} …`);
      };
      const drawing = drawRows(model, parameters, {
        rows: count,
        seed,
        temperature,
        mask,
        ...inputs,
        programs: { backend, repeatable: true, tell: slowerOnce(backend, 'rows', say) },
        onProgress,
      });
      const tell = () => {
        if (told) say(`Drawing ${integer(count)} rows …`);
      };
      const whole = await untilInterrupted(drawing, tell).finally(() => bar.stop());
      const drawn = whole ?? finishedOf(last);
      if (whole === null) {
        process.exitCode = INTERRUPTED;
        say(
          drawn === null
            ? 'Interrupted: no row was finished, nothing was written.'
            : `Interrupted: ${integer(drawn.rows)} of ${integer(count)} rows were finished; they are written.`,
        );
      }
      if (drawn === null) return;
      const png =
        image && extension === '.png'
          ? pngOf(drawn, image, { most: drawn.rows, range: await valueRange(source) })
          : null;
      await writeFileAtomic(out, extension === '.csv' ? csvOf(drawn) : Buffer.from(png ?? npyOf(model, drawn)));
      const given = inputs.given ? inputs.given.values.length / dimension : null;
      if (json)
        return printJson({
          rows: drawn.rows,
          dimension,
          seed,
          temperature,
          ...(mask !== null && { mask }),
          ...(given !== null && { given }),
          ...(options.backend !== undefined && { backend: backend.name }),
          file: out,
          ...(whole === null && { interrupted: true }),
        });
      const own =
        inputs.context && options.context === undefined
          ? contextWords(model, drawn.rows, { contextKind, given })
          : null;
      const from = given === null ? '' : ` completed from ${integer(given)}`;
      const under = mask === null ? '' : `, mask ${mask} of 0 … ${model.maskCount - 1}`;
      const on = options.backend === undefined ? '' : `, on ${backend.name}`;
      print(
        `${integer(drawn.rows)} rows of ${integer(dimension)} variables${from}${under}, seed ${seed}, temperature ${temperature}${on}: ${out}`,
      );
      if (own !== null) print(own);
    });
  return textOptions(command);
}

/** Of a model of text that is not asked for rows: writes it. @throws CliError naming what does not go together or is missing. */
async function writesText(
  run: StoredRun,
  argument: string,
  options: SampleOptions,
  command: Command,
): Promise<boolean> {
  const { count, out } = options;
  const own = textOptionOf(options);
  const { type } = run.experiment.model;
  if (run.manifest.model?.text) {
    if (count === undefined) {
      const rows = (['mask', 'given', 'givenFrom', 'keep', 'first', 'context', 'backend'] as const).find(
        (name) => options[name] !== undefined,
      );
      if (rows !== undefined) {
        throw new CliError(`--${rows === 'givenFrom' ? 'given-from' : rows} is for rows; a text goes on from --prime`);
      }
      if (out !== undefined) await outputPath('--out', out);
      await sampleText(run, options);
      return true;
    }
    if (own !== null) throw new CliError(`${own} and --count do not go together: ask for a text or for rows`);
  } else if (own !== null) {
    throw new CliError(
      `${own}: this model (${type}) writes no text; a char-rnn does`,
      `Ask for rows of ${argument}: --count.`,
    );
  }
  // As of options that commander itself asks for.
  const needed = (option: string) => command.error(`error: required option '${option}' not specified`);
  if (count === undefined) needed('--count <n>');
  if (out === undefined) needed('--out <file>');
  return false;
}

/**
 * What draws on a device does so on one that every machine has, so that the same seed gives the same rows everywhere, unless
 * told. The backend of the run has as many threads and blocks as it had there; no trial finds others by the clock, since they
 * decide the last bits.
 */
async function backendFor({ backend: asked }: SampleOptions, { manifest }: StoredRun): Promise<Backend> {
  const backend = await startBackend(asked ?? 'auto');
  const { threads, blocks = 1 } = manifest.backendChoice ?? {};
  if (asked === manifest.backend && threads !== undefined) await apply(backend, { threads, blocks });
  return backend;
}

/** What an interrupted drawing has finished. */
const finishedOf = (last: DrawProgress | null): DrawnRows | null => last && finishedRows(last.soFar());

/** One row a line, every value as the shortest number that is it in float32; their names in the first line. */
function csvOf({ values, rows, dimension }: DrawnRows): string {
  const names = Array.from({ length: dimension }, (_, d) => `x${d + 1}`);
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * dimension, (row + 1) * dimension), shortest).join(','),
  );
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

/** What rows were drawn under where nothing was asked for. */
function contextWords(
  { contextDimension: size }: Pick<Model, 'contextDimension'>,
  count: number,
  { contextKind, given }: { readonly contextKind: ContextFacts['kind']; readonly given: number | null },
): string {
  const choose = `--context ${contextKind === 'labels' ? '<label>' : '<file>'} asks for another`;
  if (given !== null)
    return `Each under the ${contextKind === 'labels' ? 'label' : 'context'} of its own row; ${choose}.`;
  if (contextKind === 'values') return `Under the context of the first rows of data; ${choose}.`;
  const last = Math.min(count, size) - 1;
  const labels = last === 0 ? 'label 0' : `labels 0 … ${last} in turn`;
  return `Drawn under ${labels}; --context <label> takes one for all.`;
}

function checkTogether({ givenFrom, keep, first }: SampleOptions): void {
  if (givenFrom !== undefined && keep === undefined) {
    throw new CliError('--given-from needs --keep: which columns of the rows are given', 'For example: --keep 0-391');
  }
  if (givenFrom === undefined && (keep !== undefined || first !== undefined)) {
    throw new CliError(
      `--${keep === undefined ? 'first' : 'keep'} says which part of --given-from; name a split there`,
    );
  }
}
