/** How the outcomes of the diagnostics came out, counted. */
import type { Outcome } from '../../src/inspection/findings.ts';
import type { CheckCounts } from '../../src/protocol/webview.ts';

export function countOutcomes(outcomes: readonly Outcome[]): Required<CheckCounts> {
  const passed = outcomes.filter(({ state }) => state === 'ok').length;
  const silent = outcomes.filter((outcome) => outcome.state === 'not-applicable');
  const notMeasured = silent.filter(({ unmeasured }) => unmeasured).length;
  return { passed, notApplicable: silent.length - notMeasured, notMeasured };
}
