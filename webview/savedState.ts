/** What the page keeps between its lives: per run the tab, each view's values, the pinned unit, the mask and scrolling. */
import { frameFacts, frameKinds } from '../src/inspection/frames.ts';
import { viewIds, type ViewId } from '../src/inspection/views.ts';
import { lossUnits, type LossUnit } from '../src/figures/units.ts';
import type { ChosenOptions, Selection } from './views/view.ts';

export interface SavedRun {
  readonly tab: ViewId;
  readonly views: Readonly<Partial<Record<ViewId, Readonly<Record<string, unknown>>>>>;
  readonly pinned: Selection | null;
  /** The mask whose structure is shown; null to follow the one in use. */
  readonly mask: number | null;
  /** What was chosen of kinds of frame. */
  readonly options: ChosenOptions;
  readonly scroll: Readonly<Partial<Record<ViewId, number>>>;
}

export interface SavedState {
  readonly version: 1;
  readonly experiment: string;
  /** The run shown last. */
  readonly run: string | null;
  readonly lossUnit: LossUnit;
  /** By run id, the one used last at the end. */
  readonly runs: Readonly<Record<string, SavedRun>>;
}

export const freshRun: SavedRun = { tab: 'curves', views: {}, pinned: null, mask: 0, options: {}, scroll: {} };
export const freshState: SavedState = { version: 1, experiment: '', run: null, lossUnit: 'nats', runs: {} };

/** Runs remembered in one panel. */
const MOST_RUNS = 12;

/** State as another life of the page left it; whatever does not look like state is left behind. */
export function savedStateFrom(found: unknown): SavedState {
  if (!isObject(found) || found['version'] !== 1) return freshState;
  const { experiment, run, lossUnit, runs } = found;
  return {
    version: 1,
    experiment: typeof experiment === 'string' ? experiment : '',
    run: typeof run === 'string' ? run : null,
    lossUnit: lossUnits.find((unit) => unit === lossUnit) ?? 'nats',
    runs: isObject(runs)
      ? Object.fromEntries(Object.entries(runs).map(([id, saved]) => [id, savedRunFrom(saved)]))
      : {},
  };
}

function savedRunFrom(found: unknown): SavedRun {
  if (!isObject(found)) return freshRun;
  const views: Partial<Record<ViewId, Record<string, unknown>>> = {};
  const scroll: Partial<Record<ViewId, number>> = {};
  for (const view of viewIds) {
    const values = isObject(found['views']) ? found['views'][view] : undefined;
    if (isObject(values)) views[view] = values;
    const top = isObject(found['scroll']) ? found['scroll'][view] : undefined;
    if (typeof top === 'number') scroll[view] = top;
  }
  return {
    tab: viewIds.find((view) => view === found['tab']) ?? freshRun.tab,
    views,
    pinned: selectionFrom(found['pinned']),
    mask: found['mask'] === null || isIndex(found['mask']) ? found['mask'] : freshRun.mask,
    options: optionsFrom(found['options']),
    scroll,
  };
}

/** Options with the names and the types that their kinds have now. */
function optionsFrom(found: unknown): ChosenOptions {
  const chosen = frameKinds.flatMap((kind) => {
    const options = isObject(found) ? found[kind] : undefined;
    const defaults = Object.entries(frameFacts[kind].options);
    if (!isObject(options) || Object.keys(options).length !== defaults.length) return [];
    return defaults.every(([name, value]) => typeof options[name] === typeof value) ? [[kind, options] as const] : [];
  });
  return Object.fromEntries(chosen);
}

function selectionFrom(found: unknown): Selection | null {
  const unit = isObject(found) ? unitFrom(found['unit']) : null;
  if (!isObject(found) || !unit) return null;
  const from = unitFrom(found['from']);
  return { unit, pinned: true, ...(from && { from }) };
}

function unitFrom(found: unknown): Selection['unit'] | null {
  if (!isObject(found) || !isIndex(found['layer']) || !isIndex(found['unit'])) return null;
  return { layer: found['layer'], unit: found['unit'] };
}

/** State with one run's part replaced, that run now the one used last; the oldest beyond a dozen are forgotten. */
export function withRun(state: SavedState, id: string, saved: SavedRun): SavedState {
  const others = Object.entries(state.runs).filter(([other]) => other !== id);
  return { ...state, runs: Object.fromEntries([...others.slice(1 - MOST_RUNS), [id, saved]]) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
