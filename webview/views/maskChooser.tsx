/** Which of several masks is shown: one by its number, held still, or whichever is in use. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Dropdown, TextField } from '../controls.tsx';
import { maskInUse } from '../runState.ts';
import type { ViewProps } from './view.ts';

/** Beyond so many a list is no help; a number is typed. */
const LONGEST_LIST = 40;

export function MaskChooser({ page, count }: { readonly page: ViewProps; readonly count: number }): VNode | null {
  const { mask } = page.model;
  const [typed, setTyped] = useState(mask === null ? '' : String(mask + 1));
  if (count < 2) return null;
  const inUse = maskInUse(page.model);
  if (count <= LONGEST_LIST) {
    return (
      <Dropdown
        label="Mask"
        value={mask === null ? 'used' : String(mask)}
        options={[
          ...Array.from({ length: count }, (_, i) => ({ value: String(i), label: `${i + 1} of ${count}` })),
          { value: 'used', label: inUse === null ? 'follow the one in use' : `follow the one in use (${inUse + 1})` },
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
      label={`Mask (1 … ${count}, empty: follow the one in use)`}
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
