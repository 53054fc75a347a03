/** One of many that are counted from 1: typed, or the one before or after. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatCount } from '../../src/figures/text.ts';
import { IconButton, TextField } from '../controls.tsx';

export function NumberChooser({
  label,
  value,
  count,
  onChoose,
}: {
  readonly label: string;
  /** From 0. */
  readonly value: number;
  readonly count: number;
  readonly onChoose: (value: number) => void;
}): VNode {
  const [typed, type] = useState(String(value + 1));
  useEffect(() => {
    type(String(value + 1));
  }, [value]);
  const number = Number(typed.trim());
  const fits = typed.trim() !== '' && Number.isInteger(number) && number >= 1 && number <= count;
  return (
    <span class="number-chooser">
      <TextField
        label={label}
        value={typed}
        size={6}
        problem={fits ? null : `1 … ${formatCount(count)}`}
        onInput={(text) => {
          type(text);
          const next = Number(text.trim());
          if (text.trim() !== '' && Number.isInteger(next) && next >= 1 && next <= count && next - 1 !== value) {
            onChoose(next - 1);
          }
        }}
      />
      <IconButton label={`${label}: the one before`} disabled={value <= 0} onClick={() => onChoose(value - 1)}>
        ‹
      </IconButton>
      <IconButton label={`${label}: the one after`} disabled={value >= count - 1} onClick={() => onChoose(value + 1)}>
        ›
      </IconButton>
    </span>
  );
}
