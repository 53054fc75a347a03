import * as vscode from 'vscode';
import { noDrawing } from '../../src/protocol/drawing.ts';
import type { RunService } from '../runs/runService.ts';
import type { PullSource } from './pullGate.ts';
import { standsOn, type InspectorTarget } from './snapshot.ts';

/** A run as the gate sees it; without a run there is nothing to tell. */
export function pullSource(target: InspectorTarget, runs: RunService): PullSource {
  const { run } = target;
  if (!run) return { ...nothing, standsOn: standsOn(target) };
  const id = vscode.workspace.asRelativePath(run.path);
  return {
    standsOn: standsOn(target),
    get revision() {
      return run.revision;
    },
    get processes() {
      return run.processes;
    },
    get training() {
      return run.training;
    },
    get summary() {
      return run.summary(id);
    },
    get activity() {
      return run.activity;
    },
    get findings() {
      return run.findings;
    },
    get checks() {
      return run.checks;
    },
    get metrics() {
      return run.metrics;
    },
    get masks() {
      return run.masks;
    },
    get drawn() {
      return run.drawn;
    },
    get drawing() {
      return run.drawing;
    },
    drawnFetched: () => run.drawnFetched(),
    frame: (params) => runs.frame(run, params),
    onChange: (listener) =>
      run.changed.event((change) => {
        // What another process trains grows in its folder alone.
        if (change.of === 'run') void runs.readForPage(run);
        listener(change.of === 'metrics' ? change.from : null);
      }),
  };
}

const nothing: Omit<PullSource, 'standsOn'> = {
  revision: 0,
  processes: 0,
  training: false,
  summary: null,
  findings: [],
  checks: null,
  metrics: [],
  masks: null,
  drawn: null,
  drawing: noDrawing,
  drawnFetched: () => undefined,
  frame: () => Promise.resolve(null),
  onChange: () => ({ dispose: () => undefined }),
};
