/** The head of the page: which run, how it stands, its figures of the moment, and what may be done with it. */
import type { VNode } from 'preact';
import { orderSentence } from '../src/figures/sentences.ts';
import { recentTrain } from '../src/figures/series.ts';
import { formatCount, plural } from '../src/figures/text.ts';
import { lossScale, lossUnitLabel, lossUnits, type LossUnit } from '../src/figures/units.ts';
import type { RunAction, RunMasks } from '../src/protocol/webview.ts';
import type { RunManifest } from '../src/runs/manifest.ts';
import { passWords } from '../src/text/passes.ts';
import { Button, Segments } from './controls.tsx';
import { accountOf, conditionOf, conditionWord, epochOf, maskInUse, type Account, type Condition } from './runState.ts';
import type { PageModel } from './views/view.ts';
import { epochText } from './words.ts';

export interface HeaderProps {
  readonly model: PageModel;
  readonly masks: RunMasks | null;
  readonly sampling: boolean;
  /** An action that the host has not answered yet. */
  readonly pending: RunAction | null;
  readonly onAction: (action: RunAction) => void;
  readonly onSampling: () => void;
  /** Asks for a run to compare with. */
  readonly onCompare: () => void;
  readonly onLossUnit: (unit: LossUnit) => void;
}

const signs: Readonly<Record<Condition, string>> = {
  none: '○',
  preparing: '◌',
  running: '●',
  paused: '❚❚',
  finished: '✓',
  stopped: '■',
  failed: '✕',
  interrupted: '!',
  elsewhere: '●',
  restarting: '◌',
  unreadable: '?',
};

export function Header(props: HeaderProps): VNode {
  const { model } = props;
  const condition = conditionOf(model.run);
  return (
    <header class="head">
      <div class="head-row">
        <div class="name">
          <h1>{model.experiment}</h1>
          <span class={`state ${condition}`} role="status">
            <span class="sign" aria-hidden="true">
              {signs[condition]}
            </span>
            {conditionWord[condition]}
          </span>
        </div>
        <Actions {...props} condition={condition} />
      </div>
      {model.run && (
        <>
          <Progress model={model} />
          <Facts model={model} masks={props.masks} onLossUnit={props.onLossUnit} />
        </>
      )}
    </header>
  );
}

/** Opens the form for drawing, and has the focus when that is closed. */
export const SAMPLING_BUTTON = 'sampling';

function Actions({
  model,
  condition,
  pending,
  onAction,
  sampling,
  onSampling,
  onCompare,
}: HeaderProps & { readonly condition: Condition }) {
  // An experiment without a run can be trained.
  const possible = new Set<RunAction | 'sample'>(model.run?.actions ?? ['train']);
  const button = (action: RunAction, label: string, title: string, primary = false) => (
    <Button
      primary={primary && possible.has(action)}
      disabled={!possible.has(action)}
      title={title}
      onClick={() => {
        // Not disabled meanwhile: that would take the focus from under the user's finger.
        if (pending !== action) onAction(action);
      }}
    >
      {label}
    </Button>
  );
  const broken = possible.has('continue');
  return (
    <div class="actions" role="group" aria-label="Run">
      {button('train', 'Train', 'Starts a new run of the experiment', !broken)}
      {condition === 'paused'
        ? button('resume', 'Resume', 'Goes on training', true)
        : button('pause', 'Pause', 'Holds training after the current batch', true)}
      {button('stepBatch', 'Step batch', 'One more batch, then holds again')}
      {button('stepEpoch', 'Step epoch', 'On to the end of the epoch, then holds again')}
      {broken
        ? button('continue', 'Continue', 'Goes on from the last checkpoint', true)
        : button('stop', 'Stop', 'Ends training after the current batch; everything is kept')}
      <Button
        id={SAMPLING_BUTTON}
        disabled={!possible.has('sample')}
        expanded={sampling}
        title="Draws rows from the model: number, seed, temperature"
        onClick={onSampling}
      >
        Sample …
      </Button>
      <Button disabled={!model.run} title="Shows this run and another side by side" onClick={onCompare}>
        Compare …
      </Button>
    </div>
  );
}

function Progress({ model }: { readonly model: PageModel }) {
  const epochs = model.run?.manifest.epochs ?? 1;
  return <progress class="progress" max={epochs} value={Math.min(epochs, epochOf(model))} aria-label="Epochs done" />;
}

/** "3 of 8" while they take turns, else how many there are; null where there is one, or none that is known. */
function maskFact(masks: RunMasks | null, current: number | null): { value: string; rest?: string } | null {
  if (masks === null || (masks.count < 2 && (current === null || current < masks.count))) return null;
  if (current !== null && current >= masks.count) return { value: 'afresh', rest: 'for every minibatch' };
  return current === null ? { value: String(masks.count) } : { value: String(current + 1), rest: `of ${masks.count}` };
}

function Facts({ model, masks, onLossUnit }: Pick<HeaderProps, 'model' | 'masks' | 'onLossUnit'>) {
  const { run, lossUnit } = model;
  if (!run) return null;
  const { manifest } = run;
  const epoch = model.metrics.findLast((metric) => metric.type === 'epoch');
  const train = recentTrain(model.metrics);
  const { name, unit, likelihood, number } = lossScale(lossUnit, manifest.dimension, manifest.model?.quantity);
  const value = (one: number | null) => (one === null ? '–' : number(one));
  const estimated = manifest.model?.quantity.estimate ? `${unit}, estimated` : unit;
  const passes = manifest.model?.flow?.passes && passWords(manifest.model.flow.passes);
  const current = maskInUse(model);
  const inTurn = maskFact(masks, current);
  const order = masks?.orders.length === 1 ? masks.orders[0] : current === null ? undefined : masks?.orders[current];
  return (
    <>
      <dl class="facts">
        <Fact name="Epoch" value={epochText(epochOf(model))} rest={`of ${formatCount(manifest.epochs)}`} />
        <Fact
          name={`Train ${name}`}
          value={value(train?.mean ?? null)}
          rest={train ? `${estimated}, last ${plural(train.batches, 'batch', 'batches')}` : estimated}
        />
        <Fact
          name={`Validation ${name}`}
          value={value(epoch?.validation ?? null)}
          rest={manifest.model?.validation === 'estimate' ? estimated : unit}
        />
        <Fact
          name="Best"
          value={value(manifest.best?.nats ?? null)}
          {...(manifest.best && { rest: `epoch ${manifest.best.epoch}` })}
        />
        {manifest.test && <Fact name={`Test ${name}`} value={value(manifest.test.nats)} rest={unit} />}
      </dl>
      <div class="facts-row">
        <dl class="minor-facts">
          {inTurn && <Fact name={current === null ? 'Masks' : 'Mask'} {...inTurn} />}
          {order && <Fact name="Order" value={orderSentence(order).replace(/ ?order ?/, '')} />}
          {/* There from the first: what comes later would move the page. */}
          <Fact name="Speed" value={epoch ? formatCount(Math.round(epoch.rowsPerSecond)) : '–'} rest="rows/s" />
          <Fact name="Backend" value={manifest.backend} />
          {passes && <Fact name="Density" {...passes.density} />}
          {passes && <Fact name="Sampling" {...passes.sampling} />}
        </dl>
        {likelihood && (hasBits(manifest.model) || lossUnit === 'bits') && (
          <Segments
            label="Unit of likelihoods"
            value={lossUnit}
            options={lossUnits.map((one) => ({ value: one, label: lossUnitLabel(one, manifest.model?.quantity.each) }))}
            onChange={onLossUnit}
          />
        )}
      </div>
    </>
  );
}

/** A density of real values has no bits: in other units of the data it is another. Whoever asked for them may take it back. */
const hasBits = (model: RunManifest['model']) => model?.flow === undefined || model.quantity.name !== 'log-likelihood';

function Fact({
  name,
  value,
  rest,
  title,
}: {
  readonly name: string;
  readonly value: string;
  readonly rest?: string;
  readonly title?: string;
}) {
  return (
    <div class="fact" title={title}>
      <dt>{name}</dt>
      <dd>
        <span class="value">{value}</span>
        {rest !== undefined && <span class="rest"> {rest}</span>}
      </dd>
    </div>
  );
}

/** What there is to say about the run's state; nothing while all goes well. */
export function RunAccount({ model }: { readonly model: PageModel }): VNode | null {
  const account = accountOf(model.run, model.lossUnit);
  const { activity } = model;
  return account && <Notice {...account} {...(model.run?.state === 'preparing' && activity && { text: activity })} />;
}

export function Notice({ kind, title, text, advice }: Account): VNode {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <strong>{title}</strong>
      {text !== '' && <p>{text}</p>}
      {advice !== '' && <p class="note">{advice}</p>}
    </div>
  );
}
