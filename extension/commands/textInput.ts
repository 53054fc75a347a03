/** What is asked of the user before a model writes text, in turn, with what stands there at first. */
import { parseTextField, type TextFieldId } from '../../src/protocol/textLimits.ts';

export interface TextField {
  readonly id: TextFieldId;
  readonly default: string;
  /** Whether nothing may be typed: then there is no such limit. */
  readonly optional?: true;
}

export const textFields: readonly TextField[] = [
  { id: 'length', default: '500' },
  { id: 'temperature', default: '1' },
  { id: 'topK', default: '', optional: true },
  { id: 'seed', default: '1' },
];

/** The number, null for none, or undefined where the field may not be that. */
export function readTextField({ id, optional }: TextField, text: string): number | null | undefined {
  if (optional && text.trim() === '') return null;
  return parseTextField(id, text) ?? undefined;
}
