/** Keeps the findings of a run up to date: judged after every epoch, measured anew when the budget allows. */
import { type DiagnosticContext, emptyContext } from '../inspection/diagnostics/context.ts';
import { ContextGatherer, type Depth } from '../inspection/diagnostics/gather.ts';
import { diagnose, findingsOf } from '../inspection/diagnostics/index.ts';
import type { Finding, Outcome } from '../inspection/findings.ts';
import { ClosedError, type Scheduler } from '../inspection/scheduler.ts';
import type { ActiveRun } from './activeRun.ts';

/** Measurements at least so long apart while training. */
const MEASURE_INTERVAL_MS = 5_000;

export class Diagnosis {
  readonly #run: ActiveRun;
  readonly #scheduler: Scheduler;
  readonly #gatherer: ContextGatherer;
  readonly #tell: (findings: readonly Finding[]) => void;
  readonly #warn: (text: string) => void;
  #context: DiagnosticContext = emptyContext;
  #told = '[]';
  #measuring: { readonly depth: Depth; readonly done: Promise<void> } | null = null;
  #measuredAt = -Infinity;

  constructor(
    run: ActiveRun,
    scheduler: Scheduler,
    o: { readonly tell: (findings: readonly Finding[]) => void; readonly warn: (text: string) => void },
  ) {
    this.#run = run;
    this.#scheduler = scheduler;
    this.#gatherer = new ContextGatherer(run.source, () => run.facts);
    this.#tell = o.tell;
    this.#warn = o.warn;
  }

  /** Judges what is known now: metrics, norms, failure. Costs nothing worth counting. */
  judge(): Outcome[] {
    const { source, facts } = this.#run;
    this.#context = {
      ...this.#context,
      dimension: source.model.dimension,
      support: source.model.support,
      maskCount: source.model.maskCount,
      weightNames: source.model.masked?.weightNames ?? [],
      step: source.step,
      epoch: source.epoch,
      ...facts,
    };
    const outcomes = diagnose(this.#context);
    const findings = findingsOf(outcomes);
    const text = JSON.stringify(findings.map(({ step: _, ...rest }) => rest));
    if (text !== this.#told) {
      this.#told = text;
      this.#tell(findings);
    }
    return outcomes;
  }

  /** Measures within the budget, unless that is under way or was done a moment ago, and judges. */
  async measure(depth: Depth): Promise<void> {
    const now = performance.now();
    if (this.#measuring || (this.#run.training && now - this.#measuredAt < MEASURE_INTERVAL_MS)) return;
    const done = this.#gather(depth, 'budgeted');
    this.#measuring = { depth, done };
    try {
      await done;
    } catch (error) {
      if (error instanceof ClosedError) return;
      this.#warn(`diagnostics: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#measuring = null;
      this.#measuredAt = performance.now();
    }
  }

  /** Measures everything now; what is being measured so already is waited for. @throws what measuring throws. */
  async full(): Promise<Outcome[]> {
    const underWay = this.#measuring?.depth === 'full' && !this.#run.training ? this.#measuring.done : null;
    await (underWay ?? this.#gather('full', 'urgent'));
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
