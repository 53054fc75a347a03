/** How runs are put into words and icons, the same everywhere. */
import * as vscode from 'vscode';
import type { Severity } from '../../src/inspection/findings.ts';
import type { DisplayState } from '../../src/protocol/webview.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import { activityText } from '../../src/text/activity.ts';
import { measureOf } from '../../src/text/measure.ts';
import type { RunRecord } from '../runs/runRecord.ts';

export function stateWord(state: DisplayState): string {
  switch (state) {
    case 'preparing':
      return vscode.l10n.t('preparing');
    case 'running':
      return vscode.l10n.t('training');
    case 'paused':
      return vscode.l10n.t('paused');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
    case 'elsewhere':
      return vscode.l10n.t('trained by another process');
    case 'restarting':
      return vscode.l10n.t('restarting');
    case 'unreadable':
      return vscode.l10n.t('unreadable');
  }
}

/** Codicon of a state, and the colour that goes with it; the word stands beside it wherever it is shown. */
const stateIcons: Record<DisplayState, readonly [icon: string, color: string | null]> = {
  preparing: ['loading~spin', null],
  running: ['sync~spin', 'charts.blue'],
  paused: ['debug-pause', 'charts.yellow'],
  finished: ['pass', 'charts.green'],
  stopped: ['stop-circle', null],
  failed: ['error', 'errorForeground'],
  interrupted: ['debug-disconnect', 'charts.yellow'],
  elsewhere: ['terminal', 'charts.blue'],
  restarting: ['loading~spin', 'charts.yellow'],
  unreadable: ['question', null],
};

export function stateIcon(state: DisplayState): vscode.ThemeIcon {
  const [icon, color] = stateIcons[state];
  return new vscode.ThemeIcon(icon, color === null ? undefined : new vscode.ThemeColor(color));
}

/** The state's icon in a label: `$(pass)`. */
export function stateCodicon(state: DisplayState): string {
  return `$(${stateIcons[state][0]})`;
}

export function severityWord(severity: Severity): string {
  switch (severity) {
    case 'error':
      return vscode.l10n.t('error');
    case 'warning':
      return vscode.l10n.t('warning');
    case 'info':
      return vscode.l10n.t('note');
  }
}

export function severityIcon(severity: Severity): vscode.ThemeIcon {
  const colors = { error: 'errorForeground', warning: 'list.warningForeground', info: 'charts.blue' } as const;
  return new vscode.ThemeIcon(severity, new vscode.ThemeColor(colors[severity]));
}

/**
 * A score, or a value of a run's curves, in its own unit: "91.53 nats", "0.91 squared units", "1.8920 nats/character".
 * @param error Its standard error, which is told behind it.
 */
export function lossText(
  value: number,
  manifest: Pick<RunManifest, 'model' | 'dimension'> | null,
  error: number | null = null,
): string {
  const { unit, each } = measureOf(manifest?.model?.quantity);
  const ofEach = each !== undefined && manifest !== null;
  const number = (nats: number) =>
    ofEach ? localFormats().fine.format(nats / manifest.dimension) : localFormats().number.format(nats);
  const uncertain = error === null ? '' : ` ± ${number(error)}`;
  return `${number(value)} ${unit}${ofEach ? `/${each}` : ''}${uncertain}`;
}

let formats: (Record<'number' | 'fine', Intl.NumberFormat> & { readonly time: Intl.RelativeTimeFormat }) | null = null;
function localFormats() {
  formats ??= {
    number: new Intl.NumberFormat(vscode.env.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    // Of single characters: a hundredth of a nat is much there.
    fine: new Intl.NumberFormat(vscode.env.language, { minimumFractionDigits: 4, maximumFractionDigits: 4 }),
    time: new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto', style: 'short' }),
  };
  return formats;
}

/** "3 min. ago". */
export function age(created: string, now = Date.now()): string {
  const seconds = (new Date(created).getTime() - now) / 1000;
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return localFormats().time.format(Math.trunc(seconds / length), unit);
  }
  return vscode.l10n.t('just now');
}

/** When a run began, in local time: "21 Nov, 04:23:07". */
export function startTime(created: string): string {
  return new Intl.DateTimeFormat(vscode.env.language, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(created));
}

/** NLL to show for a run: the best so far, else the last minibatch's; of a model without a density, its loss by name. */
export function headline(run: Pick<RunRecord, 'manifest' | 'metrics' | 'training'>): string | null {
  const { manifest } = run;
  const value = manifest?.best?.nats ?? (run.training ? run.metrics.at(-1)?.train : undefined);
  if (value === undefined) return null;
  const { name, likelihood } = measureOf(manifest?.model?.quantity);
  const text = likelihood ? lossText(value, manifest) : `${name} ${lossText(value, manifest)}`;
  return manifest?.best ? vscode.l10n.t('best {0}', text) : text;
}

/** "epoch 3 of 30". */
export function progress(run: RunRecord): string | null {
  const { manifest } = run;
  if (!manifest) return null;
  const epoch = Math.max(manifest.epoch, run.training ? (run.metrics.at(-1)?.epoch ?? 0) : 0);
  return vscode.l10n.t('epoch {0} of {1}', Math.min(manifest.epochs, Math.floor(epoch)), manifest.epochs);
}

/** One line: "training · epoch 3 of 30 · best 95.20 nats"; or what keeps it from training on. */
export function summaryLine(run: RunRecord): string {
  if (run.activity) return activityText(run.activity);
  const moving = run.state !== 'finished' && run.state !== 'unreadable';
  return [stateWord(run.state), moving ? progress(run) : null, headline(run)]
    .filter((part) => part !== null)
    .join(' · ');
}
