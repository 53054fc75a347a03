/** Which label all is shown under, of models that are conditioned on one. */
import type { VNode } from 'preact';
import { FIRST_LABEL } from '../../src/inspection/frames.ts';
import { Dropdown } from '../controls.tsx';
import type { ViewProps } from './view.ts';

export function LabelChooser({
  page,
  kind,
  shown,
  count,
  names,
}: {
  readonly page: ViewProps;
  /** What is asked for under another label. */
  readonly kind: 'transport' | 'probability';
  readonly shown: number;
  readonly count: number;
  /** What the labels are, as far as that is known. */
  readonly names: readonly string[];
}): VNode {
  const wished = page.model.options[kind]?.label ?? FIRST_LABEL;
  return (
    <Dropdown
      label="Given"
      value={String(wished === FIRST_LABEL ? shown : wished)}
      options={Array.from({ length: count }, (_, label) => ({
        value: String(label),
        label: names[label] ?? `label ${label}`,
      }))}
      onChange={(label) => page.chooseOptions(kind, { label: Number(label) })}
    />
  );
}
