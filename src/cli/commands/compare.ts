/** `lens compare`: two runs beside each other, as the editor's Compare Runs tells of them, or several in one table. */
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { COMPARED_CURVES_TITLE, comparedCurves, comparedCurvesReading } from '../../figures/comparedCurves.ts';
import { rowsPerSecondOf, speedText } from '../../figures/trainingSpeed.ts';
import { compareReading, measuredApart, scoreDifference, type ScoreDifference } from '../../figures/compareWords.ts';
import { secondsText } from '../../figures/drawingTimeWords.ts';
import type { ScoresFrame } from '../../inspection/frames.ts';
import { RemoteError } from '../../protocol/rpc.ts';
import type { BackendChoice } from '../../protocol/worker.ts';
import type { RunManifest, Score } from '../../runs/manifest.ts';
import { type Difference, experimentDifferences } from '../../spec/differences.ts';
import { measureOf } from '../../text/measure.ts';
import { loadRun, type StoredRun } from '../../worker/loadRun.ts';
import { checkCurveAxes, checkDrawable, type CurveAxes, curveAxesOptions, drawnAxes } from '../curveAxes.ts';
import { type DrawingTime, drawingTime, TOGETHER } from '../drawingTime.ts';
import { NO_TIMEOUT, openEngine } from '../engine.ts';
import { type BackendOptions, backendOption, jsonOption } from '../options.ts';
import { CliError, integer, print, printJson, say, scoreText, table } from '../output.ts';
import { outputPath, runPath } from '../targets.ts';
import { figureText, frameOf, HEIGHT, theme, WIDTH } from '../views/inspected.ts';

interface CompareOptions extends BackendOptions, CurveAxes {
  readonly svg?: string;
  readonly sampling?: true;
  readonly json?: true;
}

/** A run with how fast it was trained, rows a second, and, where that was asked for, how fast it draws. */
interface Compared extends StoredRun {
  readonly rowsPerSecond: number | null;
  /** null where no rows can be drawn; left out where nobody asked. */
  readonly drawing?: DrawingTime | null;
}

/** What was scored of a run, or why nothing could be. */
type Scored = { readonly scores: ScoresFrame | undefined; readonly trouble: string | null };

export function compareCommand(): Command {
  const command = new Command('compare');
  for (const option of curveAxesOptions()) command.addOption(option);
  return command
    .summary('compare two runs, or several in a table')
    .description(
      'Tells how much better one run is than another, by the parameters of their best epochs: the mean difference of ' +
        'their negative log-likelihoods over the same test rows (else validation rows), with its standard error; or why ' +
        'their scores do not compare. And what else is known of both, and the keys in which their experiments differ. Of ' +
        'more than two runs a table of what is known of each.',
    )
    .argument('<runA>', 'folder of a run')
    .argument('<runB>', 'folder of the run that is compared with it')
    .argument('[more...]', 'folders of further runs')
    .addOption(new Option('--svg <file>', 'write the learning curves of both as SVG'))
    .option('--sampling', `measure how long a row takes to draw, by itself and as one of ${TOGETHER}, on this machine`)
    .addOption(backendOption())
    .addOption(
      jsonOption(
        'write JSON: a and b (run, experiment, model, state, epoch, parameterCount, quantity, best, validation, test, ' +
          'rowsPerSecond, and with --sampling drawingSeconds: one, each), ' +
          'difference (gain of B over A in nats a row, standardError, paired, rows, split; or the reason why not), ' +
          'differences (key, a, b), reading; of more than two runs: runs',
      ),
    )
    .action(async (first: string, second: string, more: string[], options: CompareOptions) => {
      const { backend, json, svg } = options;
      if (more.length > 0) {
        await compareSeveral([first, second, ...more], options);
        return;
      }
      checkCurveAxes(options, svg);
      if (svg !== undefined) await outputPath('--svg', svg);
      const paths = [await runPath(first), await runPath(second)] as const;
      if (paths[0] === paths[1]) throw new CliError(`${second}: is the same run as ${first}; two runs are compared`);
      const [a, b] = [await compared(paths[0], options), await compared(paths[1], options)];
      if (svg !== undefined) await writeFileAtomic(svg, await curvesOfBoth([a, b], options));
      const differences = experimentDifferences(a.experiment, b.experiment);
      const tell = json === undefined ? say : () => undefined;
      const [ofA, ofB] = await scoresOf([a, b], backend, tell);
      const known = [
        { manifest: a.manifest, scores: ofA.scores },
        { manifest: b.manifest, scores: ofB.scores },
      ] as const;
      const difference = scoreDifference(...known, differences);
      const reading = compareReading(difference, differences);
      if (json) {
        return printJson({
          a: factsOf(a),
          b: factsOf(b),
          difference,
          differences: differences.map(({ key, a: left, b: right }) => ({ key, a: valueOf(left), b: valueOf(right) })),
          reading,
        });
      }
      const named = [
        ['A', first, ofA],
        ['B', second, ofB],
      ] as const;
      for (const [letter, name] of named) print(`${letter}  ${name}`);
      print(`\n${reading}`);
      for (const [letter, , { trouble }] of named)
        if (trouble !== null) print(`${letter} could not be scored: ${trouble}`);
      print(`\n${bothTable(a, b, difference)}\n\n${differencesText(differences)}`);
    });
}

/** Runs in one table: no differences, of which there would be one for every pair. */
async function compareSeveral(names: readonly string[], options: CompareOptions): Promise<void> {
  if (options.svg !== undefined) {
    throw new CliError('--svg draws the learning curves of two runs', `${names.length} runs are compared here.`);
  }
  if (names.length > LETTERS.length)
    throw new CliError(`${names.length} runs: at most ${LETTERS.length} can be compared`);
  const paths: string[] = [];
  for (const name of names) {
    const path = await runPath(name);
    const same = paths.indexOf(path);
    if (same >= 0) throw new CliError(`${name}: is the same run as ${names[same]!}; different runs are compared`);
    paths.push(path);
  }
  const runs: Compared[] = [];
  // One after the other: what is timed shall have the machine to itself.
  for (const path of paths) runs.push(await compared(path, options));
  if (options.json) {
    printJson({ runs: runs.map(factsOf) });
    return;
  }
  for (const [i, name] of names.entries()) print(`${LETTERS[i]!}  ${name}`);
  print(`\n${factsTable(runs)}`);
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

async function compared(path: string, { sampling, json }: CompareOptions): Promise<Compared> {
  const run = await loadRun(path);
  const rowsPerSecond = rowsPerSecondOf(await run.folder.readMetrics());
  if (!sampling) return { ...run, rowsPerSecond };
  if (json === undefined) say(`Drawing from ${run.manifest.experiment} …`);
  return { ...run, rowsPerSecond, drawing: await drawingTime(run) };
}

/** @throws CliError when there is nothing to draw, or not against these axes. */
async function curvesOfBoth(runs: readonly [StoredRun, StoredRun], axes: CurveAxes): Promise<string> {
  const named = await Promise.all(
    runs.map(async ({ folder, manifest: { dimension, model } }, i) => {
      const metrics = await folder.readMetrics();
      if (metrics.length === 0) throw new CliError(`${folder.path}: this run has no metrics yet`);
      return { name: 'AB'[i]!, metrics, dimension, quantity: model?.quantity, model };
    }),
  );
  const both = [named[0]!, named[1]!] as const;
  const { drawing, legend, logLegal } = comparedCurves({
    ...{ runs: both, names: [`A: ${runs[0].manifest.experiment}`, `B: ${runs[1].manifest.experiment}`] },
    ...{ unit: 'nats', wholeRange: false, width: WIDTH, height: HEIGHT, theme },
    ...drawnAxes(axes),
  });
  checkDrawable(
    axes,
    both.map(({ metrics }) => metrics),
    logLegal,
  );
  return figureText({ title: COMPARED_CURVES_TITLE, reading: comparedCurvesReading(both, 'nats'), drawing, legend });
}

/** Scores of the same rows under each, one run after the other; none where they would not compare. */
async function scoresOf(
  runs: readonly [StoredRun, StoredRun],
  backend: BackendChoice,
  tell: (text: string) => void,
): Promise<[Scored, Scored]> {
  if (measuredApart(...runs) !== null) return [unscored, unscored];
  const engine = await openEngine();
  try {
    const { connection } = engine;
    const scored: Scored[] = [];
    for (const [i, { folder }] of runs.entries()) {
      const manifest = await connection.request('open', { runFolder: folder.path, backend }, NO_TIMEOUT);
      tell(`Scoring ${'AB'[i]!} …`);
      const run = { connection, manifest, metrics: [], mask: null, output: null, layer: null };
      scored.push(await frameOf('scores', run).then((scores) => ({ scores, trouble: null }), withoutRows));
    }
    return scored as [Scored, Scored];
  } finally {
    await engine.close();
  }
}

const unscored: Scored = { scores: undefined, trouble: null };

/** Rows that are gone, or were never there, leave what the runs themselves have kept. @throws anything else */
function withoutRows(error: unknown): Scored {
  if (!(error instanceof RemoteError) || !['DataError', 'RangeError'].includes(error.remoteName)) throw error;
  return { scores: undefined, trouble: error.message };
}

function factsOf({ folder, manifest, rowsPerSecond, drawing }: Compared) {
  const { experiment, state, epoch, parameterCount, dimension, best, validation, test, model } = manifest;
  const quantity = measureOf(model?.quantity);
  return {
    run: folder.path,
    experiment,
    model: model?.type ?? null,
    state,
    epoch,
    dimension,
    parameterCount,
    quantity,
    best,
    validation,
    test,
    rowsPerSecond,
    ...(drawing !== undefined && { drawingSeconds: drawing }),
  };
}

/** In the place of what a run does not have. */
const NONE = '–';

type Fact = readonly [name: string, of: (manifest: RunManifest, run: Compared) => string];

const facts: readonly Fact[] = [
  ['Experiment', ({ experiment }) => experiment],
  ['Model', ({ model }) => model?.type ?? NONE],
  ['State', ({ state }) => state],
  ['Epochs done', ({ epoch }) => String(Number(epoch.toFixed(2)))],
  ['Variables', ({ dimension }) => integer(dimension)],
  ['Parameters', ({ parameterCount }) => integer(parameterCount)],
  ['Measured', ({ model }) => measureOf(model?.quantity).name],
  [
    'Best epoch',
    ({ best, model }) => (best ? `${best.epoch} (${best.nats.toFixed(3)} ${measureOf(model?.quantity).unit})` : NONE),
  ],
  ['Validation', ({ validation, model }) => ownScore(validation, model)],
  ['Test', ({ test, model }) => ownScore(test, model)],
  ['Trained at', (_, { rowsPerSecond }) => (rowsPerSecond === null ? NONE : speedText(rowsPerSecond))],
  ['A row drawn by itself', (_, { drawing }) => (drawing ? secondsText(drawing.one) : NONE)],
  [`Each of ${TOGETHER} drawn together`, (_, { drawing }) => (drawing ? secondsText(drawing.each) : NONE)],
];

function ownScore(score: Score | null, model: RunManifest['model']): string {
  return score ? scoreText(score, model?.quantity) : NONE;
}

/** One row a fact, one column a run; below them the difference. */
function bothTable(a: Compared, b: Compared, difference: ScoreDifference): string {
  const rows = factsTable([a, b]);
  if ('reason' in difference) return rows;
  const { gain, standardError, rows: count, split, paired } = difference;
  const less = `${(-gain).toFixed(3)} ± ${standardError.toFixed(3)} nats on ${integer(count)} ${split} rows`;
  return `${rows}\n\nB less A: ${less}, ${paired ? 'row by row' : 'not row by row'}`;
}

/** One row a fact that one of them has, one column a run. */
function factsTable(runs: readonly Compared[]): string {
  const rows = facts
    .map(([name, of]) => [name, ...runs.map((run) => of(run.manifest, run))])
    .filter(([, ...values]) => values.some((value) => value !== NONE));
  return table([['', ...runs.map((_, i) => LETTERS[i]!)], ...rows]);
}

function differencesText(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The experiments are the same in every key.';
  const rows = differences.map(({ key, a, b }) => [key, a ?? '(none)', b ?? '(none)']);
  return `The experiments differ in\n${table([['KEY', 'A', 'B'], ...rows])}`;
}

function valueOf(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown);
}
