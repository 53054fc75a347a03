/**
 * Runs in the page, before the inspector: plays the extension host, with the host's own gate for pulls and made-up runs
 * behind it.
 */
import { PullGate } from '../../../extension/panels/pullGate.ts';
import { Connection } from '../../../src/protocol/rpc.ts';
import {
  webviewRequestSpecs,
  type Compared,
  type PanelSide,
  type RunAction,
  type Snapshot,
} from '../../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webviewVersion.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import './controls.ts';
import { transport } from './editor.ts';
import type { ScenarioName, ThemeName } from './names.ts';
import { MockRun } from './run.ts';
import { scenarios } from './runs.ts';
import { applyTheme } from './themes.ts';

const query = new URLSearchParams(location.search);
applyTheme((query.get('theme') ?? 'dark') as ThemeName);

const requests: { method: string; params: unknown }[] = [];
const exports: { name: string; format: string; content: string | Uint8Array }[] = [];
let failure: string | null = null;
let broken: string | null = null;
let stuckAt: number | null = null;
const gateOptions = { holdMs: 2000, paceMs: 10, idleMs: 2000, retryMs: 1000, onError: () => undefined };
let run = new MockRun((query.get('scenario') ?? 'small') as ScenarioName);
run.drawAgain();
let gate = new PullGate(run, gateOptions);

const connection = new Connection<PanelSide>(transport);
let other: MockRun | null = null;
let otherGate: PullGate | null = null;
function compareWith(name: ScenarioName | null): void {
  otherGate?.close();
  other = name && new MockRun(name);
  otherGate = other && new PullGate(other, gateOptions);
}
const comparedName = query.get('compared') as ScenarioName | null;
const snapshot = (): Snapshot => ({ ...snapshotOf(run), compared: compared() });
const compared = (): Compared | null =>
  other && {
    snapshot: snapshotOf(other),
    differences: [
      { key: 'model.hidden', a: '[64,64]', b: '[24]' },
      { key: 'model.masks', a: '1', b: '8' },
    ],
  };
const snapshotOf = (run: MockRun): Snapshot => ({
  version: WEBVIEW_PROTOCOL_VERSION,
  standsOn: run.standsOn,
  run: run.summary,
  experiment: run.scenario.experiment,
  findings: run.findings,
  checks: run.checks,
  metrics: run.metrics,
  masks: run.masks,
  drawn: run.drawn,
  drawing: run.drawing,
});
/** Keeps what was asked, and checks it as the host does. */
function received<K extends keyof typeof webviewRequestSpecs>(method: K, params: unknown): void {
  webviewRequestSpecs[method].parse(params);
  requests.push({ method, params });
}
function orFail(): void {
  if (failure !== null) throw new Error(failure);
}
const change = (state: RunManifest['state']) =>
  run.scenario.manifest && run.become({ manifest: { ...run.scenario.manifest, state } });

compareWith(comparedName);
connection.handle('pullCompared', (params) => {
  received('pullCompared', params);
  return otherGate ? otherGate.pull(params) : { revision: params.revision };
});
connection.handle('compare', (params) => {
  received('compare', params);
  orFail();
  compareWith('several');
  connection.notify('compared', compared());
  connection.notify('reveal', { view: 'compare' });
  return null;
});
connection.handle('stopComparing', (params) => {
  received('stopComparing', params);
  compareWith(null);
  connection.notify('compared', null);
  return null;
});
connection.handle('ready', (params) => {
  received('ready', params);
  return snapshot();
});
connection.handle('pull', (params) => {
  received('pull', params);
  if (broken !== null) throw new Error(broken);
  return gate.pull(params);
});
connection.handle('action', (params) => {
  received('action', params);
  orFail();
  const act: Record<RunAction, () => void> = {
    train: () => reset('small'),
    pause: () => change('paused'),
    resume: () => change('running'),
    stepBatch: () => run.train(1),
    stepEpoch: () => run.train(run.scenario.batchesAnEpoch),
    stop: () => run.become({ manifest: scenarios.stopped.manifest, state: null }),
    continue: () => run.become({ manifest: scenarios.small.manifest, state: null, problem: null }),
  };
  act[params.action]();
  return null;
});
connection.handle('sample', (params) => {
  received('sample', params);
  orFail();
  if (stuckAt !== null) return run.drawHalf(params, stuckAt);
  run.draw(params);
  return null;
});
connection.handle('sampleText', (params) => {
  received('sampleText', params);
  orFail();
  return stuckAt === null ? run.write(params) : run.writeHalf(params, stuckAt);
});
connection.handle('cancelSample', (params) => {
  received('cancelSample', params);
  run.giveUp();
  return null;
});
connection.handle('exportFile', (params) => {
  received('exportFile', params);
  orFail();
  exports.push(params);
  return `${params.name}.${params.format}`;
});
connection.handle('explain', (params) => {
  received('explain', params);
  return null;
});

function reset(name: ScenarioName): void {
  gate.close();
  run = new MockRun(name);
  gate = new PullGate(run, gateOptions);
  connection.notify('reset', snapshot());
}

window.mock = {
  requests,
  exports,
  train: (batches) => {
    run.train(batches);
    other?.train(batches);
  },
  become: (name) => {
    const { manifest, state, owner, problem, findings, checks } = scenarios[name];
    run.become({ manifest, state, owner, problem, findings, checks });
  },
  find: (count) => run.become({ findings: scenarios.leaky.findings.slice(0, count) }),
  reset,
  reveal: (view, select) => connection.notify('reveal', select ? { view, select } : { view }),
  theme: applyTheme,
  failWith: (message) => {
    failure = message;
  },
  breakFrames: (kind, message) => {
    if (message === null) run.brokenFrames.delete(kind);
    else run.brokenFrames.set(kind, message);
    run.changed(null);
  },
  stickDrawings: (share) => {
    stuckAt = share;
  },
  breakPulls: (message) => {
    broken = message;
    run.changed(null);
  },
};

// Training that goes on by itself, for looking at and for measuring.
const pace = Number(query.get('pace') ?? 0);
if (pace > 0) setInterval(() => run.training && run.train(pace), 100);
