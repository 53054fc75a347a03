/** What the inspector's page is told while what it stands on changes faster than a run can be read. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Inspector as InspectorType } from '../../../extension/panels/inspector.ts';
import type { RunRecord as RunRecordType } from '../../../extension/runs/runRecord.ts';
import type { RunService } from '../../../extension/runs/runService.ts';
import type { RunStore } from '../../../extension/runs/runStore.ts';
import { Connection } from '../../../src/protocol/rpc.ts';
import type { PageSide, Snapshot, WebviewRequests } from '../../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webviewVersion.ts';

const editor = vi.hoisted(() => ({
  panels: [] as unknown[],
  commands: [] as { command: string; target: unknown }[],
}));
vi.mock('vscode', () => ({
  workspace: { asRelativePath: (path: string) => path },
  l10n: { t: (text: string) => text },
  commands: {
    executeCommand: (command: string, target: unknown) => {
      editor.commands.push({ command, target });
      return Promise.resolve();
    },
  },
  Uri: { joinPath: (_: unknown, name: string) => ({ toString: () => name }), file: (fsPath: string) => ({ fsPath }) },
  ViewColumn: { Beside: -2, One: 1 },
  window: {
    tabGroups: { all: [], activeTabGroup: {} },
    createWebviewPanel: () => editor.panels.shift(),
  },
}));

const { Inspector } = await import('../../../extension/panels/inspector.ts');
const { RunRecord } = await import('../../../extension/runs/runRecord.ts');
const { manifest } = await import('../webview/runs.ts');

const FILE = '/w/digits.lens.json';
const asked: WebviewRequests['pull']['params'] = {
  standsOn: 'C',
  revision: -1,
  metrics: 0,
  masks: true,
  drawn: 0,
  drawing: 0,
  frames: [],
};

let inspector: InspectorType;
let page: Page;
let a: RunRecordType;
let b: RunRecordType;
let c: RunRecordType;
/** Runs that are being read: each ends when the test says so. */
let reading: Map<RunRecordType, { readonly done: Promise<void>; readonly end: () => void }>;
let slow: Set<RunRecordType>;

/** A panel, and the page in it. */
class Page {
  readonly told: string[] = [];
  readonly connection: Connection<PageSide>;
  #toHost: (message: unknown) => void = () => undefined;
  #close: () => void = () => undefined;

  constructor() {
    const transport: { hear: (message: unknown) => void } = { hear: () => undefined };
    editor.panels.push({
      active: true,
      visible: true,
      reveal: () => undefined,
      dispose: () => undefined,
      onDidDispose: (listener: () => void) => (this.#close = both(this.#close, listener)),
      onDidChangeViewState: () => undefined,
      webview: {
        cspSource: 'x',
        asWebviewUri: (uri: unknown) => uri,
        postMessage: (message: unknown) => {
          queueMicrotask(() => transport.hear(message));
          return Promise.resolve(true);
        },
        onDidReceiveMessage: (listener: (message: unknown) => void) => (this.#toHost = listener),
      },
    });
    this.connection = new Connection<PageSide>({
      send: (message) => {
        this.#toHost(message);
        return true;
      },
      onMessage: (listener: (message: unknown) => void) => (transport.hear = listener),
      onClose: () => undefined,
    });
    this.connection.on('reset', (snapshot) => this.told.push(`reset ${named(snapshot)}`));
    this.connection.on('compared', (compared) => this.told.push(`compared ${compared?.snapshot.run?.id ?? 'none'}`));
  }

  ready = () => this.connection.request('ready', { version: WEBVIEW_PROTOCOL_VERSION });
  close = () => this.#close();
}
const both = (first: () => void, second: () => void) => () => {
  first();
  second();
};
const named = ({ run, compared }: Snapshot) => `${run?.id}, beside ${compared?.snapshot.run?.id ?? 'none'}`;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const show = (run: RunRecordType) => inspector.show({ experimentFile: FILE, run });

/** Whoever asks while a run is being read waits for the same reading. */
function read(record: RunRecordType): Promise<void> {
  const before = reading.get(record);
  if (before) return before.done;
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  reading.set(record, { done, end });
  return done;
}

function run(name: string): RunRecordType {
  const record = new RunRecord(name, FILE);
  record.setManifest({ ...manifest, state: 'finished' });
  return record;
}

beforeEach(async () => {
  [a, b, c] = [run('A'), run('B'), run('C')];
  reading = new Map();
  slow = new Set();
  const runs = {
    setCurrent: () => undefined,
    diagnoseQuietly: () => Promise.resolve(),
    letGo: () => Promise.resolve(),
    readForPage: (record: RunRecordType) => (slow.has(record) ? read(record) : Promise.resolve()),
  };
  page = new Page();
  inspector = new Inspector({
    extensionUri: {} as never,
    memory: { get: () => undefined, update: () => Promise.resolve() } as never,
    store: {} as RunStore,
    runs: runs as unknown as RunService,
    log: () => undefined,
    scanned: Promise.resolve(),
  });
  await show(a);
  await page.ready();
});
afterEach(() => {
  inspector.dispose();
  editor.commands.length = 0;
});

describe('two changes of what the inspector stands on', () => {
  it('end with the run that was shown last, though the one before is read later', async () => {
    slow.add(b);
    const first = show(b);
    await show(c);
    reading.get(b)!.end();
    await first;
    await settled();
    expect(page.told).toEqual(['reset C, beside none']);
    expect((await page.connection.request('pull', asked)).run?.id).toBe('C');
  });

  it('end with the run that was compared with last', async () => {
    slow.add(b);
    const first = inspector.compare(a, b);
    await settled();
    await inspector.compare(a, c);
    reading.get(b)!.end();
    await first;
    await settled();
    expect(page.told).toEqual(['compared C']);
    expect((await page.connection.request('pullCompared', asked)).run?.id).toBe('C');
  });

  it('end without a comparison that was stopped before it was read', async () => {
    slow.add(b);
    const first = inspector.compare(a, b);
    await settled();
    await page.connection.request('stopComparing', {});
    reading.get(b)!.end();
    await first;
    await settled();
    expect(page.told).toEqual(['compared none']);
  });

  it('lose nothing: a comparison that overtakes a run to be shown tells both', async () => {
    slow.add(b);
    const first = show(b);
    const second = inspector.compare(b, c);
    await settled();
    reading.get(b)!.end();
    await Promise.all([first, second]);
    await settled();
    expect(page.told).toEqual(['reset B, beside C']);
  });

  it('reach a page that came while the one before was read', async () => {
    slow.add(b);
    await show(c);
    const young = new Page();
    page.close();
    const opening = show(b);
    const ready = young.ready();
    await settled();
    slow.clear();
    await Promise.all([opening, show(a)]);
    reading.get(b)!.end();
    expect(named(await ready)).toBe('A, beside none');
  });
});

it('what a user does while another run is read is meant of the run that the page shows', async () => {
  slow.add(b);
  const switching = show(b);
  await page.connection.request('action', { action: 'stop' });
  expect(editor.commands.at(-1)?.target).toEqual({ kind: 'run', run: a });
  await settled();
  reading.get(b)!.end();
  await switching;
  await page.connection.request('action', { action: 'stop' });
  expect(editor.commands.at(-1)?.target).toEqual({ kind: 'run', run: b });
});

it('rows drawn that are large are kept until a page has them', async () => {
  const rows = 2 ** 11;
  const values = new Uint8Array(rows * 1024);
  const frame = { ...(await import('../webview/runs.ts')).samples(), rows, dimension: 1024, values };
  b.setDrawn(frame);
  slow.add(b);
  const overtaken = show(b);
  await show(c);
  reading.get(b)!.end();
  await overtaken;
  await settled();
  expect(b.drawn?.serial).toBe(1);
  slow.clear();
  await show(b);
  expect(b.drawn).toBeNull();
});
