/** Results of reproductions: a table to read, and RESULTS.md, which keeps the newest of every preset. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { presets } from './presets.ts';

export interface Result {
  readonly name: string;
  /** Mean test NLL, with its standard error. */
  readonly nats: number;
  readonly standardError: number;
  /** Dimensions of an image, where bits per dimension are told, too. */
  readonly pixels?: number;
  /** Characters of a text, where nats per character are told, too. */
  readonly characters?: number;
  readonly validation: number | null;
  readonly published: number | null;
  readonly aim: number | null;
  readonly bestEpoch: number | null;
  readonly epochs: number;
  readonly minutes: number;
  readonly backend: string;
  readonly note: string;
  readonly date: string;
}

const KEPT = 'test/reproduction/results.json';
const TABLE = 'test/reproduction/RESULTS.md';
const MARK = '<!-- results -->';

const header = [
  'Preset',
  'Test NLL',
  'Published',
  'Difference',
  'Best epoch',
  'Minutes',
  'Backend',
  'Differs from the publication',
];

function cells(result: Result): string[] {
  const { name, nats, standardError, published, aim, bestEpoch, epochs, minutes, backend, note } = result;
  const difference = published === null ? null : nats - published;
  const within = aim === null || difference === null ? '' : difference <= aim ? ', within the aim' : `, aim ${aim}`;
  return [
    name,
    `${nats.toFixed(2)} ± ${standardError.toFixed(2)}${perPart(nats, result)}`,
    published === null ? '–' : `${published.toFixed(2)}${perPart(published, result)}`,
    difference === null ? '–' : `${difference > 0 ? '+' : '−'}${Math.abs(difference).toFixed(2)}${within}`,
    `${bestEpoch ?? '–'} of ${epochs}`,
    minutes.toFixed(1),
    backend,
    note,
  ];
}

/** In brackets, what a figure is of one pixel or character. */
function perPart(nats: number, { pixels, characters }: Pick<Result, 'pixels' | 'characters'>): string {
  if (pixels !== undefined) return ` (${(nats / pixels / Math.LN2).toFixed(3)} bits/dim)`;
  return characters === undefined ? '' : ` (${(nats / characters).toFixed(3)} nats a character)`;
}

/** For the terminal. */
export function printed(results: readonly Result[]): string {
  const rows = [header, ...results.map(cells)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Keeps a result in place of an older one of the same preset. */
export async function record(result: Result): Promise<void> {
  const kept = JSON.parse(await readFile(path.resolve(KEPT), 'utf8').catch(() => '[]')) as Result[];
  const order = new Map(presets.map(({ name }, i) => [name, i]));
  const all = [...kept.filter(({ name }) => name !== result.name), result].sort(
    (a, b) => (order.get(a.name) ?? Infinity) - (order.get(b.name) ?? Infinity),
  );
  await writeFileAtomic(path.resolve(KEPT), `${JSON.stringify(all, null, 2)}\n`);
  const [before] = (await readFile(path.resolve(TABLE), 'utf8')).split(MARK);
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const table = [
    line([...header, 'Date']),
    line([...header, 'Date'].map(() => '---')),
    ...all.map((one) => line([...cells(one), one.date])),
  ];
  await writeFile(path.resolve(TABLE), `${before}${MARK}\n\n${table.join('\n')}\n`);
}
