import { describe, expect, it } from 'vitest';
import { lazily, pairTable, squareTable } from '../../../webview/views/pairTable.ts';

const value = (output: number, input: number) => (output > input ? output * 100 + input : 0);

describe('pairs as tables', () => {
  it('are a square while that can be read', () => {
    const table = pairTable(3, value, 'paths');
    expect(table).toEqual(squareTable(3, value));
    expect(table.columns).toEqual(['output', 'x₁', 'x₂', 'x₃']);
    expect(table.rows[2]).toEqual(['x\u0302₃', 200, 201, 0]);
  });

  it('are a list of what is not 0 beyond that, the largest first', () => {
    const { columns, rows } = pairTable(40, value, 'paths');
    expect(columns).toEqual(['output', 'input', 'paths']);
    expect(rows).toHaveLength((40 * 39) / 2);
    expect(rows[0]).toEqual(['x\u0302₄₀', 'x₃₉', 3938]);
    expect(rows.at(-1)).toEqual(['x\u0302₂', 'x₁', 100]);
  });

  it('are made once, when they are asked for', () => {
    let made = 0;
    const table = lazily(() => ++made);
    expect(made).toBe(0);
    expect([table(), table()]).toEqual([1, 1]);
  });
});
