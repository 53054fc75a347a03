/** `lens inspect`: what the inspector shows of a run, as text, JSON or SVG. */
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import type { Outcome } from '../../inspection/findings.ts';
import { type ViewId, viewIds } from '../../inspection/views.ts';
import { RunFolder } from '../../runs/runFolder.ts';
import { capitalised } from '../../text/measure.ts';
import { uncompiledText } from '../../text/uncompiled.ts';
import { checkCurveAxes, type CurveAxes, curveAxesOptions } from '../curveAxes.ts';
import { NO_TIMEOUT, openEngine } from '../engine.ts';
import { type BackendOptions, backendOption, jsonOption, wholeNumber } from '../options.ts';
import { CliError, integer, pairs, print, printJson, scorePairs, table } from '../output.ts';
import { outputPath, runPath } from '../targets.ts';
import { type Inspected, inspected } from '../views/index.ts';

/** Two runs stand side by side in the other one: `lens compare`. */
const shownViews = viewIds.filter((view) => view !== 'compare');

interface InspectOptions extends BackendOptions, CurveAxes {
  readonly view?: ViewId;
  readonly mask?: number;
  readonly output?: number;
  readonly layer?: number;
  readonly json?: true;
  readonly svg?: string;
}

export function inspectCommand(): Command {
  const command = new Command('inspect');
  for (const option of curveAxesOptions()) command.addOption(option);
  return command
    .summary('show the structure, samples and findings of a run')
    .description(
      'Looks into the parameters of the best epoch of a run. Without --view: a summary and the outcome of every ' +
        'diagnostic. With --view: that view’s sentence, its data with --json, its picture with --svg.',
    )
    .argument('<run>', 'folder of a run')
    .addOption(new Option('--view <view>', 'what to show').choices(shownViews))
    .addOption(new Option('--mask <n>', 'which mask of several, counted from 0').argParser(wholeNumber(0)))
    .addOption(
      new Option(
        '--output <n>',
        'which output the dependency map or the receptive field is of, counted from 1',
      ).argParser(wholeNumber(1)),
    )
    .addOption(
      new Option(
        '--layer <n>',
        'which layer a flow’s Jacobian or the feature maps are of, counted from 1 at the data',
      ).argParser(wholeNumber(1)),
    )
    .option('--svg <file>', 'write the view as SVG')
    .addOption(backendOption())
    .addOption(jsonOption('write JSON: run and diagnostics; with --view the data of the view'))
    .action(async (argument: string, options: InspectOptions) => {
      const { view, svg, json, backend, mask = null, output = null, layer = null } = options;
      if (svg !== undefined && view === undefined) {
        throw new CliError('--svg needs --view', `Views: ${shownViews.join(', ')}.`);
      }
      if (options.mask !== undefined && view === undefined) {
        throw new CliError('--mask needs --view', 'The summary and the diagnostics are about all masks.');
      }
      if (output !== null && view !== 'dependency' && view !== 'receptiveField') {
        throw new CliError('--output needs --view dependency or receptiveField', 'No other view is of one output.');
      }
      if (layer !== null && view !== 'flowJacobian' && view !== 'featureMaps') {
        throw new CliError('--layer needs --view flowJacobian or featureMaps', 'No other view is of one layer.');
      }
      checkCurveAxes(options, svg, view);
      if (svg !== undefined) await outputPath('--svg', svg);
      const path = await runPath(argument);
      const engine = await openEngine();
      try {
        const { connection } = engine;
        const manifest = await connection.request('open', { runFolder: path, backend }, NO_TIMEOUT);
        if (view === undefined) {
          const diagnostics = await connection.request('diagnose', {}, NO_TIMEOUT);
          if (json) return printJson({ run: path, manifest, diagnostics });
          print(summary(path, manifest, diagnostics));
          return;
        }
        const metrics = await (await RunFolder.open(path)).readMetrics();
        const shown: Inspected = await inspected(view, {
          ...{ connection, manifest, metrics, mask, output, layer },
          axes: options,
        });
        if (svg !== undefined) await writeFileAtomic(svg, shown.svg());
        if (json) return printJson(shown.data);
        print(`${shown.title}: ${shown.reading}`);
        if (shown.uncompiled !== undefined) print(capitalised(uncompiledText(shown.uncompiled)));
        if (svg !== undefined) print(`Picture: ${svg}`);
      } finally {
        await engine.close();
      }
    });
}

function summary(path: string, manifest: Inspected['manifest'], diagnostics: readonly Outcome[]): string {
  const { experiment, state, dimension, parameterCount, epoch } = manifest;
  const facts = pairs([
    ['Run', path],
    ['Experiment', experiment],
    ['State', `${state}, epoch ${Number(epoch.toFixed(2))}`],
    ['Model', `${integer(dimension)} variables, ${integer(parameterCount)} parameters`],
    ...scorePairs(manifest),
  ]);
  const outcomes = table(
    diagnostics.map((outcome) => {
      if (outcome.state === 'ok') return ['ok', outcome.id, ''];
      if (outcome.state === 'not-applicable') return [outcome.unmeasured ? '?' : '–', outcome.id, outcome.reason];
      return [outcome.finding.severity, outcome.id, outcome.finding.title];
    }),
  );
  return `${facts}\n\n${outcomes}`;
}
