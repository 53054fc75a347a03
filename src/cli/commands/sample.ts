/** `lens sample`: rows drawn from a run's best parameters, as npy or PNG. */
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { drawRows } from '../../inspection/samples.ts';
import { toEnd } from '../../inspection/source.ts';
import { noSamplesOf } from '../../spec/models/index.ts';
import { checkpointOf, loadCheckpointModel, loadRun } from '../../worker/loadRun.ts';
import { MAX_SAMPLE_ROWS } from '../../worker/requestSpecs.ts';
import { npyOf, pngOf } from '../../worker/sampling.ts';
import { jsonOption, positiveNumber, wholeNumber } from '../options.ts';
import { CliError, integer, print, printJson } from '../output.ts';
import { outputPath, runPath } from '../targets.ts';

interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly temperature: number;
  readonly out: string;
  readonly json?: true;
}

export function sampleCommand(): Command {
  return new Command('sample')
    .summary('draw rows from a trained model')
    .description(
      'Draws rows from the parameters of the best epoch by ancestral sampling, from the whole ensemble when the model ' +
        'has several masks. The same seed gives the same rows.',
    )
    .argument('<run>', 'folder of a run')
    .addOption(
      new Option('--count <n>', 'rows to draw').argParser(wholeNumber(1, MAX_SAMPLE_ROWS)).makeOptionMandatory(),
    )
    .addOption(new Option('--seed <s>', 'seed of the random numbers').argParser(wholeNumber(0, 2 ** 31 - 1)).default(1))
    .addOption(
      new Option('--temperature <t>', 'divides the logits; 1 is the model itself').argParser(positiveNumber).default(1),
    )
    .addOption(new Option('--out <file>', '.npy: [n, D]; .png: a grid of images').makeOptionMandatory())
    .addOption(jsonOption('write what was drawn as JSON: rows, dimension, seed, temperature, file'))
    .action(async (argument: string, { count, seed, temperature, out, json }: SampleOptions) => {
      const extension = extname(out).toLowerCase();
      if (extension !== '.npy' && extension !== '.png') {
        throw new CliError(`${out}: samples are written as .npy or .png; the name must end so`);
      }
      await outputPath('--out', out);
      const run = await loadRun(await runPath(argument));
      const { image, dimension } = run.manifest;
      const refusal = noSamplesOf(run.experiment.model);
      if (refusal !== null) throw new CliError(`${argument}: ${refusal}`);
      if (extension === '.png' && !image) {
        throw new CliError(
          `${out}: the rows of this run are no images, so there is no PNG of them`,
          'Write them as .npy, or give "image": [height, width] under "data" in the experiment.',
        );
      }
      const { model, parameters } = await loadCheckpointModel(run, checkpointOf(run, 'best'));
      const drawn = await toEnd(drawRows(model, parameters, { rows: count, seed, temperature, mask: null }));
      await writeFileAtomic(
        out,
        Buffer.from(image && extension === '.png' ? pngOf(drawn, image, count) : npyOf(model, drawn)),
      );
      if (json) printJson({ rows: count, dimension, seed, temperature, file: out });
      else
        print(
          `${integer(count)} rows of ${integer(dimension)} variables, seed ${seed}, temperature ${temperature}: ${out}`,
        );
    });
}
