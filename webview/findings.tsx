/** What the diagnostics have found, in short; each opens to its evidence and leads to the view that shows it. */
import type { VNode } from 'preact';
import { formatCount, plural } from '../src/figures/text.ts';
import type { Finding, Severity } from '../src/inspection/findings.ts';
import { views } from '../src/inspection/views.ts';
import type { CheckCounts } from '../src/protocol/webview.ts';
import { Link } from './controls.tsx';
import { checksText } from './words.ts';

const severityWords: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Note' };
const severityNouns: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
const ranks: readonly Severity[] = ['error', 'warning', 'info'];

interface FindingsProps {
  readonly findings: readonly Finding[];
  /** How the checks came out when all were run; null before. */
  readonly checks: CheckCounts | null;
  /** Whether the run is being trained. */
  readonly active: boolean;
  readonly onReveal: (finding: Finding) => void;
  readonly onExplain: (id: Finding['id']) => void;
}

/**
 * Closed, it is as high with many findings as with none: they come and go while a model trains, and what stands below must
 * not move under the pointer.
 */
export function Findings({ findings, checks, active, onReveal, onExplain }: FindingsProps): VNode {
  const sorted = [...findings].sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
  const list = (
    <ul>
      {sorted.map((finding) => (
        <li key={finding.id}>
          <OneFinding finding={finding} onReveal={onReveal} onExplain={onExplain} />
        </li>
      ))}
    </ul>
  );
  return (
    <section class="findings" aria-label="Findings">
      {sorted.length === 0 && <p class="none">{checks === null ? 'No findings so far.' : 'No findings.'}</p>}
      {sorted.length > 1 ? (
        <details class={`finding-list ${sorted[0]!.severity}`}>
          <summary>
            <span class="severity">{countsOf(sorted)}</span>
            <span class="finding-title">{sorted[0]!.title}, …</span>
          </summary>
          {list}
        </details>
      ) : (
        sorted.length > 0 && list
      )}
      <p class="note">{checksText(sorted.length, checks, active)}</p>
    </section>
  );
}

/** "3 findings: 1 error, 2 notes". */
function countsOf(findings: readonly Finding[]): string {
  const parts = ranks.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, severityNouns[severity])];
  });
  return `${plural(findings.length, 'finding')}: ${parts.join(', ')}`;
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
        <Link label={`Show ${views[finding.view].name}: ${finding.title}`} onClick={() => onReveal(finding)}>
          Show {views[finding.view].name}
        </Link>
        <Link label={`Why does this matter: ${finding.title}`} onClick={() => onExplain(finding.id)}>
          Why does this matter?
        </Link>
      </p>
    </details>
  );
}
