/** Keeps the findings of a run up to date: judged after every epoch, measured anew when the budget allows. */
import type { DiagnosticContext } from '../inspection/diagnostics/context.ts';
import { ContextGatherer, type Depth, depths, momentOf, unmeasured } from '../inspection/diagnostics/gather.ts';
import { diagnose, findingsOf } from '../inspection/diagnostics/index.ts';
import type { Finding, Outcome } from '../inspection/findings.ts';
import { ClosedError, type Scheduler } from '../inspection/scheduler.ts';
import { messageOf } from '../text/messageOf.ts';
import type { ActiveRun } from './activeRun.ts';

/** Measurements at least so long apart while training. */
const MEASURE_INTERVAL_MS = 5_000;

export class Diagnosis {
  readonly #run: ActiveRun;
  readonly #scheduler: Pick<Scheduler, 'run'>;
  readonly #gatherer: ContextGatherer;
  readonly #tell: (findings: readonly Finding[]) => void;
  readonly #warn: (text: string) => void;
  #context: DiagnosticContext;
  #told = '[]';
  #measuring: { readonly depth: Depth; readonly done: Promise<void> } | null = null;
  #measuredAt = -Infinity;
  /** What was asked for while something was being measured, at the deepest: it comes next. */
  #next: Depth | null = null;

  constructor(
    run: ActiveRun,
    scheduler: Pick<Scheduler, 'run'>,
    o: { readonly tell: (findings: readonly Finding[]) => void; readonly warn: (text: string) => void },
  ) {
    this.#run = run;
    this.#scheduler = scheduler;
    this.#gatherer = new ContextGatherer(run.source, () => run.facts);
    this.#context = { ...momentOf(run.source, run.facts), ...unmeasured };
    this.#tell = o.tell;
    this.#warn = o.warn;
  }

  /** Judges what is known now: metrics, norms, failure. Costs nothing worth counting. */
  judge(): Outcome[] {
    const { source, facts } = this.#run;
    this.#context = { ...this.#context, ...momentOf(source, facts) };
    const outcomes = diagnose(this.#context);
    const findings = findingsOf(outcomes);
    const text = JSON.stringify(findings.map(({ step: _, ...rest }) => rest));
    if (text !== this.#told) {
      this.#told = text;
      this.#tell(findings);
    }
    return outcomes;
  }

  /**
   * Measures within the budget, what holds throughout without delay, and judges: after what is being measured already; not
   * at all if the run trains and that was done a moment ago, since there will be another epoch.
   */
  async measure(depth: Depth): Promise<void> {
    if (this.#measuring) {
      if (depths.indexOf(depth) > depths.indexOf(this.#next ?? 'facts')) this.#next = depth;
      return;
    }
    if (this.#run.training && performance.now() - this.#measuredAt < MEASURE_INTERVAL_MS) return;
    // What holds throughout is measured once. At a few hundredths of the training time it would come after a minute on a
    // slow machine, and a leak or a wrong split is worth knowing before that.
    const done = this.#gather(depth, depth === 'facts' ? 'urgent' : 'budgeted');
    this.#measuring = { depth, done };
    try {
      await done;
    } catch (error) {
      if (error instanceof ClosedError) return;
      this.#warn(`diagnostics: ${messageOf(error)}`);
    } finally {
      this.#measuring = null;
      this.#measuredAt = performance.now();
    }
    const next = this.#next;
    this.#next = null;
    if (next) await this.measure(next);
  }

  /** Measures everything now; what is being measured so already is waited for. @throws what measuring throws. */
  async full(): Promise<Outcome[]> {
    const underWay = this.#measuring?.depth === 'full' && !this.#run.training ? this.#measuring.done : null;
    await (underWay ?? this.#gather('full', 'urgent'));
    // Nothing moves any more, so that what waits would measure the same again.
    if (!this.#run.training) this.#next = null;
    return this.judge();
  }

  async #gather(depth: Depth, urgency: 'urgent' | 'budgeted'): Promise<void> {
    const gathered = await this.#scheduler.run('diagnostics', this.#gatherer.gather(depth), urgency);
    // What this depth did not measure stays as it was last measured.
    const known = Object.entries(gathered).filter(([, value]) => value !== null);
    this.#context = { ...this.#context, ...Object.fromEntries(known) };
    this.judge();
  }
}
