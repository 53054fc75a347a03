/** Which output is looked at: by its number, or the one before or after it in the order. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from '../../src/figures/text.ts';
import { IconButton, TextField } from '../controls.tsx';

export function OutputChooser({
  output,
  order,
  onChoose,
}: {
  readonly output: number;
  readonly order: Int32Array;
  readonly onChoose: (output: number) => void;
}): VNode {
  const [typed, setTyped] = useState<string | null>(null);
  const dimension = order.length;
  const text = typed ?? String(output + 1);
  const number = Number(text);
  const valid = Number.isInteger(number) && number >= 1 && number <= dimension;
  const at = order[output]!;
  const step = (by: number) => {
    setTyped(null);
    onChoose(order.indexOf(Math.min(dimension, Math.max(1, at + by))));
  };
  return (
    <>
      <TextField
        label={`Output (1 … ${formatCount(dimension)})`}
        value={text}
        problem={valid ? null : `a number from 1 to ${formatCount(dimension)}`}
        onInput={(value) => {
          const wanted = Number(value);
          const fits = value !== '' && Number.isInteger(wanted) && wanted >= 1 && wanted <= dimension;
          setTyped(fits ? null : value);
          if (fits) onChoose(wanted - 1);
        }}
      />
      <span class="zoom" role="group" aria-label="Neighbours in the order">
        <IconButton label="The output before it in the order" disabled={at === 1} onClick={() => step(-1)}>
          ‹
        </IconButton>
        <IconButton label="The output after it in the order" disabled={at === dimension} onClick={() => step(1)}>
          ›
        </IconButton>
      </span>
    </>
  );
}
