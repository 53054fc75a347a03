/** What the diagnostics have found, in short; each opens to its evidence and leads to the view that shows it. */
import type { VNode } from 'preact';
import { formatCount, plural } from '../src/figures/text.ts';
import type { Finding, Severity } from '../src/inspection/findings.ts';
import { Link } from './controls.tsx';

const severityWords: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Note' };
const viewNames: Readonly<Record<Finding['view'], string>> = {
  curves: 'the curves',
  connectivity: 'the connectivity',
  masks: 'the masks',
  samples: 'the samples',
};
const ranks: readonly Severity[] = ['error', 'warning', 'info'];

export function Findings({
  findings,
  step,
  onReveal,
  onExplain,
}: {
  readonly findings: readonly Finding[];
  /** Step up to which there is something to judge; 0 before. */
  readonly step: number;
  readonly onReveal: (finding: Finding) => void;
  readonly onExplain: (id: Finding['id']) => void;
}): VNode {
  const sorted = [...findings].sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
  return (
    <section class="findings" aria-label="Findings">
      {sorted.length === 0 ? (
        <p class="note">{step > 0 ? 'No findings: the diagnostics see nothing wrong.' : 'No findings yet.'}</p>
      ) : (
        <>
          {sorted.length > 1 && <h2 class="visually-hidden">{plural(sorted.length, 'finding')}</h2>}
          <ul>
            {sorted.map((finding) => (
              <li key={finding.id}>
                <OneFinding finding={finding} onReveal={onReveal} onExplain={onExplain} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function OneFinding({
  finding,
  onReveal,
  onExplain,
}: {
  readonly finding: Finding;
  readonly onReveal: (finding: Finding) => void;
  readonly onExplain: (id: Finding['id']) => void;
}) {
  return (
    <details class={`finding ${finding.severity}`}>
      <summary>
        <span class="severity">{severityWords[finding.severity]}</span>
        <span class="finding-title">{finding.title}</span>
      </summary>
      <p>{finding.explanation}</p>
      <dl>
        {finding.evidence.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>Last seen at step</dt>
          <dd>{formatCount(finding.step)}</dd>
        </div>
      </dl>
      <p class="finding-links">
        <Link label={`Show ${viewNames[finding.view]}: ${finding.title}`} onClick={() => onReveal(finding)}>
          Show {viewNames[finding.view]}
        </Link>
        <Link label={`Why does this matter: ${finding.title}`} onClick={() => onExplain(finding.id)}>
          Why does this matter?
        </Link>
      </p>
    </details>
  );
}
