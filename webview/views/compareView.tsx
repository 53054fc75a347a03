/** Two runs side by side: what the difference is, what the experiments differ in, curves, paths and samples of both. */
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { compareReading, scoreDifference, type ComparedRun } from '../../src/figures/compareWords.ts';
import { views } from '../../src/inspection/views.ts';
import { Button } from '../controls.tsx';
import { DataTable } from '../dataTable.tsx';
import type { PageModel, ViewProps } from './view.ts';
import { ComparedCurves } from './compareCurves.tsx';
import { ComparedPaths, ComparedSamples } from './comparePictures.tsx';
import { TimeDrawing, Timed } from './compareTiming.tsx';
import { comparedTable, differencesTable, scaleOf } from './compareTables.ts';

/** What each part of the view is given. */
export interface PartProps {
  readonly page: ViewProps;
  readonly a: PageModel;
  readonly b: PageModel;
  /** "A: bars-made, 2 Jan 2025, 03:04". */
  readonly names: readonly [string, string];
}

export function CompareView(page: ViewProps): VNode {
  const { model, beside } = page;
  if (!beside || !model.run) return <NothingBeside page={page} />;
  const b = beside.page.model;
  const parts: PartProps = { page, a: model, b, names: [runName('A', model), runName('B', b)] };
  return (
    <>
      <Verdict {...parts} />
      <ComparedCurves {...parts} />
      {[model, b].some(hasNetwork) && <ComparedPaths {...parts} />}
      <ComparedSamples {...parts} />
    </>
  );
}

/** Whether there are masks to look at, as far as is known. */
const hasNetwork = ({ run }: PageModel) => run === null || views.connectivity.missing(run.manifest) === null;

function NothingBeside({ page }: { readonly page: ViewProps }) {
  return (
    <section class="empty">
      <h2>No run to compare with yet</h2>
      <p>
        Two runs side by side: their learning curves on the same axes, the difference of their scores row by row, what
        their experiments differ in, which pairs their masks join, and samples from the same random numbers.
      </p>
      <p>
        <Button primary onClick={() => page.compare()}>
          Choose a run …
        </Button>
      </p>
    </section>
  );
}

function runName(letter: string, { experiment, run }: PageModel): string {
  const begun = run ? new Date(run.manifest.created) : null;
  const time = begun?.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
  return `${letter}: ${experiment}${time === undefined ? '' : `, ${time}`}`;
}

const known = ({ run, frames }: PageModel): ComparedRun => ({ manifest: run!.manifest, scores: frames.scores });

/** The sentence, the figures of both, and what the experiments differ in. */
function Verdict({ page, a, b, names }: PartProps) {
  const id = useId();
  const { beside } = page;
  if (!beside || !a.run || !b.run) return null;
  const { differences } = beside;
  const difference = scoreDifference(known(a), known(b), differences);
  const reading = compareReading(difference, differences, scaleOf(a));
  const trouble = beside.page.trouble ?? b.frameProblems.scores ?? a.frameProblems.scores ?? null;
  return (
    <section class="figure compared" aria-labelledby={id}>
      <header class="figure-head">
        <h2 id={id}>A and B</h2>
      </header>
      <p class="reading" role="status">
        {reading}
      </p>
      {trouble !== null && <p class="note">Not everything could be measured: {trouble}</p>}
      <div class="tools">
        <Button onClick={() => page.compare()}>Compare with another …</Button>
        <TimeDrawing page={page} a={a} b={b} />
        <Button onClick={() => page.stopComparing()}>Stop comparing</Button>
      </div>
      <DataTable table={comparedTable(a, b, names, difference)} label="Both runs" />
      <Timed a={a} b={b} />
      <h3>What the experiments differ in</h3>
      {differences === null ? (
        <p class="note">One of the experiments cannot be read any more.</p>
      ) : differences.length === 0 ? (
        <p class="note">Nothing: every key has the same value in both.</p>
      ) : (
        <DataTable table={differencesTable(differences)} label="What the experiments differ in" />
      )}
    </section>
  );
}
