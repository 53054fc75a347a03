/** One of a model's latent coordinates. */
import type { VNode } from 'preact';
import { latentName } from '../../src/figures/latentNames.ts';
import { Dropdown } from '../controls.tsx';
import { NumberChooser } from './numberChooser.tsx';

/** Of more coordinates one is typed, not chosen from a list. */
const MANY = 24;

export function LatentChooser({
  label,
  latent,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly latent: number;
  readonly value: number;
  readonly onChoose: (coordinate: number) => void;
}): VNode {
  if (latent > MANY) {
    return <NumberChooser label={`${label}: coordinate of z`} value={value} count={latent} onChoose={onChoose} />;
  }
  return (
    <Dropdown
      label={label}
      value={String(value)}
      options={Array.from({ length: latent }, (_, k) => ({ value: String(k), label: latentName(k) }))}
      onChange={(k) => onChoose(Number(k))}
    />
  );
}
