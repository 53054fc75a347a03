/** The page's frame: head, notices, findings, tabs and the open view; carries what views ask for to host and store. */
import type { VNode } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Finding } from '../src/inspection/findings.ts';
import { views } from '../src/inspection/views.ts';
import { CANCELLED } from '../src/protocol/drawing.ts';
import { messageOf, RemoteError, type Connection } from '../src/protocol/rpc.ts';
import type { PageSide, RunAction } from '../src/protocol/webview.ts';
import type { Beside } from './beside.ts';
import { Tabs } from './controls.tsx';
import { Findings } from './findings.tsx';
import { Header, Notice, RunAccount } from './header.tsx';
import { useAnnouncer, useRoom, useScroll } from './page.ts';
import { conditionOf, isActive } from './runState.ts';
import { freshTexts, type SampleTexts } from './sampleTexts.ts';
import { TextSamplingForm } from './samplingText.tsx';
import { freshTextTexts, type TextTexts } from './textTexts.ts';
import { SamplingForm } from './sampling.tsx';
import { subjectOf } from './sampleSubject.ts';
import { missingIn, Placeholder, problemIn, viewDrawn, viewReady, viewsOffered } from './placeholder.tsx';
import type { PageState, PageStore } from './store.ts';
import { components } from './views/index.ts';
import type { Saved, ViewProps } from './views/view.ts';

/** Starting a run reads its data first, and drawing thousands of rows takes as long as it takes. */
const NO_LIMIT = 0;

const actionNames: Readonly<Record<RunAction, string>> = {
  train: 'start training',
  pause: 'pause',
  resume: 'resume',
  stepBatch: 'step',
  stepEpoch: 'step',
  stop: 'stop',
  continue: 'continue',
};

interface AppProps {
  readonly store: PageStore;
  readonly beside: Beside;
  readonly connection: Connection<PageSide>;
}

export function App({ store, beside, connection }: AppProps): VNode {
  const state = useStore(store);
  useStore(beside.store);
  const { model, tab, saved } = state;
  const [pending, setPending] = useState<RunAction | null>(null);
  // Runs whose drawings are not answered yet: a drawing goes on while the page shows another run.
  const [asking, setAsking] = useState<ReadonlySet<string>>(new Set());
  // The form outlives the page, as what is drawn does.
  const form = saved.views.samples ?? {};
  const sampling = form['form open'] === true;
  const openSampling = (open: boolean) => store.keepValue('samples', 'form open', open);
  const texts: SampleTexts = { ...freshTexts, ...(form['form'] as Partial<SampleTexts> | undefined) };
  // An action is under way until it is answered or shows.
  const condition = conditionOf(model.run);
  useEffect(() => setPending(null), [model.run?.id, condition]);
  const [room, panel] = useRoom();
  const [announcement, announce] = useAnnouncer();
  useScroll(saved.scroll[tab], `${model.run?.id ?? ''}/${tab}`, state.ready, (top) => store.keepScroll(tab, top));

  const fail = useCallback((text: string) => store.tell({ kind: 'error', text }), [store]);
  const attempt = async (what: string, work: Promise<unknown>) => {
    try {
      await work;
      return true;
    } catch (error) {
      fail(`Could not ${what}: ${messageOf(error)}`);
      return false;
    }
  };
  const act = (action: RunAction) => {
    setPending(action);
    store.tell(null);
    void attempt(actionNames[action], connection.request('action', { action }, NO_LIMIT)).then(() =>
      setPending((now) => (now === action ? null : now)),
    );
  };
  const draw = (ask: () => Promise<unknown>) => {
    const run = model.run?.id ?? '';
    const name = model.experiment;
    const shown = () => store.state.model.run?.id === run;
    setAsking((now) => new Set(now).add(run));
    store.tell(null);
    store.openTab('samples');
    const work = ask().catch((error: unknown) => {
      if (!(error instanceof RemoteError && error.remoteName === CANCELLED))
        throw shown() ? error : new Error(`${name}, ${run.split('/').at(-1)}: ${messageOf(error)}`, { cause: error });
      if (shown()) store.tell({ kind: 'info', text: 'The drawing was given up: nothing was written.' });
    });
    void attempt('draw samples', work).then(() =>
      setAsking((now) => new Set([...now].filter((other) => other !== run))),
    );
  };
  const compare = () => void attempt('compare', connection.request('compare', {}, NO_LIMIT));
  const cancelDrawing = () => void attempt('give the drawing up', connection.request('cancelSample', {}, NO_LIMIT));
  const explain = useCallback(
    (topic: string) => {
      void attempt('show the explanation', connection.request('explain', { topic }));
    },
    [connection],
  );
  const reveal = ({ view, select }: Finding) => {
    store.openTab(view);
    if (select?.kind === 'unit') store.select({ unit: { layer: select.layer, unit: select.unit } }, true);
  };

  const values = saved.views[tab];
  const keep = useMemo<Saved>(
    () =>
      <T,>(key: string, initial: T) => {
        const value = values !== undefined && Object.hasOwn(values, key) ? (values[key] as T) : initial;
        return [value, (next: T) => store.keepValue(tab, key, next)] as const;
      },
    [store, values, tab],
  );
  const page: ViewProps = {
    model,
    ...room,
    saved: keep,
    select: (focus, pinned) => store.select(focus, pinned),
    chooseMask: (mask) => store.chooseMask(mask),
    chooseOptions: (kind, options) => store.chooseOptions(kind, options),
    cancelDrawing,
    beside: beside.state,
    compare,
    stopComparing: () => void attempt('stop comparing', connection.request('stopComparing', {}, NO_LIMIT)),
    explain,
    exportFile: (name, format, content) => {
      const work = connection.request('exportFile', { name, format, content }, NO_LIMIT).then((file) => {
        if (file !== null) store.tell({ kind: 'info', text: `Saved ${file}.` });
      });
      void attempt('save the file', work);
    },
    fail,
    announce,
  };
  const View = components[tab];
  const ready = missingIn(tab, model) === null && viewReady(tab, model);

  return (
    <main class="inspector" aria-busy={!state.ready}>
      {state.trouble !== null && (
        <Notice
          kind="warning"
          title={state.ready ? 'No answer from the extension' : 'Connecting to the extension'}
          text={state.trouble}
          advice={state.ready ? 'What you see is as it was then. The page goes on asking.' : ''}
        />
      )}
      {state.ready ? (
        <>
          <Header
            model={model}
            masks={state.masks}
            sampling={sampling}
            pending={pending}
            onAction={act}
            onCompare={compare}
            onSampling={() => openSampling(!sampling)}
            onLossUnit={(unit) => store.setLossUnit(unit)}
          />
          {sampling && model.run?.actions.includes('sample') && model.run.manifest.model?.text && (
            <TextSamplingForm
              drawing={model.drawing}
              busy={asking.has(model.run.id) || model.drawing !== null}
              characters={model.run.manifest.characters ?? []}
              texts={{ ...freshTextTexts, ...(form['text form'] as Partial<TextTexts> | undefined) }}
              onTexts={(next) => store.keepValue('samples', 'text form', next)}
              onWrite={(request) => {
                store.keepValue('samples', 'source', 'hand');
                draw(() => connection.request('sampleText', request, NO_LIMIT));
              }}
              onCancel={cancelDrawing}
              onClose={() => openSampling(false)}
            />
          )}
          {sampling && model.run?.actions.includes('sample') && !model.run.manifest.model?.text && (
            <SamplingForm
              drawing={model.drawing}
              busy={asking.has(model.run.id) || model.drawing !== null}
              subject={subjectOf(model, state.masks)}
              texts={texts}
              onTexts={(next) => store.keepValue('samples', 'form', next)}
              onDraw={(request) => draw(() => connection.request('sample', request, NO_LIMIT))}
              onCancel={cancelDrawing}
              onClose={() => openSampling(false)}
            />
          )}
          <Told state={state} onDismiss={() => store.tell(null)} />
          <RunAccount model={model} />
          {model.run && (
            <Findings
              findings={model.findings}
              checks={state.checks}
              active={isActive(model.run)}
              onReveal={reveal}
              onExplain={explain}
            />
          )}
          <div ref={panel} class="panel">
            {model.run ? (
              <Tabs
                label="Views"
                active={tab}
                tabs={viewsOffered(model, tab).map((value) => ({ value, label: views[value].label }))}
                onChange={(next) => store.openTab(next)}
              >
                {viewDrawn(tab, model) && problemIn(tab, model) !== null && (
                  <Notice
                    kind="warning"
                    title="Not up to date"
                    text={problemIn(tab, model) ?? ''}
                    advice="What was measured before is shown."
                  />
                )}
                {room.width > 0 && (ready ? <View {...page} /> : <Placeholder view={tab} model={model} />)}
              </Tabs>
            ) : (
              <Placeholder view={null} model={model} />
            )}
          </div>
        </>
      ) : (
        state.trouble === null && <p class="placeholder">Opening …</p>
      )}
      <div class="visually-hidden" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

function Told({ state, onDismiss }: { readonly state: PageState; readonly onDismiss: () => void }) {
  const { message } = state;
  if (!message) return null;
  return (
    <div class={`notice message ${message.kind}`} role={message.kind === 'error' ? 'alert' : 'status'}>
      <p>{message.text}</p>
      <button type="button" class="icon-button" aria-label="Dismiss" title="Dismiss" onClick={onDismiss}>
        ×
      </button>
    </div>
  );
}

function useStore(store: PageStore): PageState {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    const follow = () => setState(store.state);
    follow();
    return store.subscribe(follow);
  }, [store]);
  return state;
}
