/** Where latent coordinates that are not looked at are held: at 0, or where the encoder puts a row. */
import type { VNode } from 'preact';
import { AT_ZERO } from '../../src/inspection/frames.ts';
import { Segments } from '../controls.tsx';
import { NumberChooser } from './numberChooser.tsx';

export function HeldChooser({
  row,
  split,
  allRows,
  onChoose,
}: {
  /** From 0, or `AT_ZERO`. */
  readonly row: number;
  readonly split: 'train' | 'validation';
  readonly allRows: number;
  readonly onChoose: (row: number) => void;
}): VNode {
  return (
    <>
      <Segments
        label="Where the others are held"
        value={row === AT_ZERO ? 'zero' : 'row'}
        options={[
          { value: 'zero', label: 'Others at 0' },
          { value: 'row', label: 'Others at a row’s' },
        ]}
        onChange={(where) => onChoose(where === 'zero' ? AT_ZERO : 0)}
      />
      {row !== AT_ZERO && (
        <NumberChooser
          label={`${split === 'train' ? 'Training' : 'Validation'} row`}
          value={row}
          count={allRows}
          onChoose={onChoose}
        />
      )}
    </>
  );
}
