/** Which text is read, and which unit of which layer colours it. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { formatValue } from '../../src/figures/text.ts';
import {
  frameFacts,
  LAST_LAYER,
  MOST_TYPED,
  type UnitTextChoice,
  type UnitTextFrame,
} from '../../src/inspection/frames.ts';
import { Button, Dropdown, Segments, TextArea } from '../controls.tsx';
import { useHeldOrder } from './heldOrder.ts';
import { NumberChooser } from './numberChooser.tsx';
import type { ViewProps } from './view.ts';

/** Units that are offered by name. */
const OFFERED = 6;

interface ChooserProps {
  readonly page: ViewProps;
  readonly frame: UnitTextFrame;
}

const chosenOf = ({ model }: ViewProps): UnitTextChoice => ({
  ...frameFacts.unitText.options,
  ...model.options.unitText,
});

/** A piece of the data, or a text of one's own. @param frame null where none could be had: then there are no pieces to choose. */
export function PieceChooser({
  page,
  frame,
}: {
  readonly page: ViewProps;
  readonly frame: UnitTextFrame | null;
}): VNode {
  const chosen = chosenOf(page);
  const choose = (changes: Partial<UnitTextChoice>) => page.chooseOptions('unitText', { ...chosen, ...changes });
  const [wished, want] = page.saved<'data' | 'typed'>('source', chosen.text === '' ? 'data' : 'typed');
  const [draft, setDraft] = page.saved('draft', chosen.text);
  const split = frame?.source === 'train' ? 'Training' : 'Held-out';
  return (
    <>
      <Segments
        label="Which text"
        value={wished}
        options={[
          { value: 'data', label: `${split} text` },
          { value: 'typed', label: 'Text of your own' },
        ]}
        onChange={(next) => {
          want(next);
          choose({ text: next === 'data' ? '' : draft });
        }}
      />
      {wished === 'data' && frame && frame.source !== 'typed' && frame.pieces > 1 && (
        <NumberChooser
          label="Piece"
          value={chosen.piece}
          count={frame.pieces}
          onChoose={(piece) => choose({ piece })}
        />
      )}
      {wished === 'typed' && (
        <form
          class="own-text"
          onSubmit={(event) => {
            event.preventDefault();
            choose({ text: draft });
          }}
        >
          <TextArea label="Text to read" value={draft} most={MOST_TYPED} onInput={setDraft} />
          <Button disabled={draft === '' || draft === chosen.text} onClick={() => choose({ text: draft })}>
            Read
          </Button>
        </form>
      )}
    </>
  );
}

/** A layer, what of it, and a unit: one of those that vary most, or any. */
export function UnitChooser({
  page,
  frame,
  unit,
  onUnit,
}: ChooserProps & { readonly unit: number; readonly onUnit: (unit: number) => void }): VNode {
  const chosen = chosenOf(page);
  const choose = (changes: Partial<UnitTextChoice>) => page.chooseOptions('unitText', { ...chosen, ...changes });
  const [within, enter] = useState(false);
  const order = useHeldOrder(frame.unit, within);
  const layers = frame.hidden.length;
  const layer = chosen.layer === LAST_LAYER ? layers - 1 : Math.min(layers - 1, chosen.layer);
  return (
    <>
      {layers > 1 && (
        <Dropdown
          label="Layer"
          value={String(layer)}
          options={frame.hidden.map((_, l) => ({ value: String(l), label: `${l + 1}` }))}
          onChange={(l) => choose({ layer: Number(l) })}
        />
      )}
      {frame.cell === 'lstm' && (
        <Segments
          label="What of the unit is shown"
          value={chosen.state}
          options={[
            { value: 'h', label: 'State h' },
            { value: 'c', label: 'Memory c' },
          ]}
          onChange={(state) => choose({ state })}
        />
      )}
      <NumberChooser label="Unit" value={unit} count={frame.hidden[frame.layer]!} onChoose={onUnit} />
      <span
        class="varying"
        onPointerEnter={() => enter(true)}
        onPointerLeave={() => enter(false)}
        onFocusIn={() => enter(true)}
        onFocusOut={() => enter(false)}
      >
        <span class="field-label">Varying most</span>
        <Segments
          label="Units that vary most along this text"
          value={String(unit)}
          options={Array.from(order.subarray(0, OFFERED), (own) => ({
            value: String(own),
            label: String(own + 1),
            title: varianceText(frame, own),
          }))}
          onChange={(own) => onUnit(Number(own))}
        />
      </span>
    </>
  );
}

function varianceText({ unit, variance }: UnitTextFrame, own: number): string | undefined {
  const at = unit.indexOf(own);
  return at < 0 ? undefined : `variance ${formatValue(variance[at]!, 2)}`;
}
