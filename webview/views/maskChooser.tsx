/** Which of several masks is shown: the one in use, or one by its number. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Dropdown, TextField } from '../controls.tsx';
import type { ViewProps } from './view.ts';

/** Beyond so many a list is no help; a number is typed. */
const LONGEST_LIST = 40;

export function MaskChooser({
  page,
  count,
  shown,
}: {
  readonly page: ViewProps;
  readonly count: number;
  readonly shown: number;
}): VNode | null {
  const { mask } = page.model;
  const [typed, setTyped] = useState(mask === null ? '' : String(mask + 1));
  if (count < 2) return null;
  if (count <= LONGEST_LIST) {
    return (
      <Dropdown
        label="Mask"
        value={mask === null ? 'used' : String(mask)}
        options={[
          { value: 'used', label: `in use (${shown + 1})` },
          ...Array.from({ length: count }, (_, i) => ({ value: String(i), label: `${i + 1} of ${count}` })),
        ]}
        onChange={(value) => {
          page.chooseMask(value === 'used' ? null : Number(value));
        }}
      />
    );
  }
  const number = Number(typed);
  const valid = typed === '' || (Number.isInteger(number) && number >= 1 && number <= count);
  return (
    <TextField
      label={`Mask (1 … ${count}, empty: in use)`}
      value={typed}
      problem={valid ? null : `a number from 1 to ${count}`}
      onInput={(value) => {
        setTyped(value);
        const wanted = Number(value);
        if (value === '') page.chooseMask(null);
        else if (Number.isInteger(wanted) && wanted >= 1 && wanted <= count) page.chooseMask(wanted - 1);
      }}
    />
  );
}
