/** Plain values as a table, a page at a time: what a figure shows, for those who would rather read it. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount, formatValue } from '../src/figures/text.ts';
import { Link } from './controls.tsx';
import type { Table } from './views/view.ts';

const ROWS_A_PAGE = 100;
const DIGITS = 6;

export function DataTable({ table, label }: { readonly table: Table; readonly label: string }): VNode {
  const [wished, turnTo] = useState(0);
  const { columns, rows } = table;
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_A_PAGE));
  const page = Math.min(wished, pages - 1);
  const first = page * ROWS_A_PAGE;
  const shown = rows.slice(first, first + ROWS_A_PAGE);
  return (
    <>
      <div class="table-scroll" role="region" aria-label={`${label}, table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, r) => (
              <tr key={first + r}>
                {row.map((value, c) => (
                  <td key={c} class={typeof value === 'number' ? 'number' : undefined}>
                    {typeof value === 'number' ? written(value) : value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p class="note">Nothing to list yet.</p>}
      </div>
      {pages > 1 && (
        <p class="table-pages">
          <Link disabled={page === 0} onClick={() => turnTo(page - 1)}>
            Earlier rows
          </Link>
          <span>
            {formatCount(first + 1)} to {formatCount(first + shown.length)} of {formatCount(rows.length)}
          </span>
          <Link disabled={page === pages - 1} onClick={() => turnTo(page + 1)}>
            Later rows
          </Link>
        </p>
      )}
    </>
  );
}

function written(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? value.toLocaleString('en').replace(/^-/, '−')
    : formatValue(value, DIGITS);
}
