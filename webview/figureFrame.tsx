/** What stands around every figure: title, the sentence that reads it, tools, legend, explanation, table, exports. */
import type { ComponentChildren, VNode } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import type { Figure } from '../src/figures/compose.tsx';
import { Legend, legendHeight, type LegendItem } from '../src/figures/legend.tsx';
import type { Theme } from '../src/figures/theme.ts';
import { messageOf } from '../src/protocol/rpc.ts';
import type { TopicId } from '../src/protocol/explanations.ts';
import { Link } from './controls.tsx';
import { DataTable } from './dataTable.tsx';
import { concreteTheme, csvOf, jsonOf, pngOf, svgOf } from './export.ts';
import type { ExportFormat, Table, ViewProps } from './views/view.ts';

export interface FigureFrameProps {
  readonly page: ViewProps;
  readonly title: string;
  /** The sentence that reads the picture, computed from the data. */
  readonly reading: string;
  /** What "Why does this matter?" explains. */
  readonly topic: TopicId;
  /** Names exported files and, within the view, the saved choice between picture and table. */
  readonly name: string;
  /** What is shown: step, epoch, mask. */
  readonly note?: string;
  readonly legend?: readonly LegendItem[];
  /** Zoom buttons, toggles: above the drawing. */
  readonly tools?: ComponentChildren;
  /** The figure with concrete colours, about so wide, made when it is exported. */
  readonly figure: (theme: Theme, width: number) => Figure;
  /** What "Show as table" shows, made when it is shown. */
  readonly table: () => Table;
  /** What CSV holds, if not the table. */
  readonly series?: () => Table;
  /** What JSON holds; without it the table's rows. */
  readonly json?: () => unknown;
  /** Shows the table until the user asks for the picture. */
  readonly tableFirst?: boolean;
  /** Keeps the tools in sight beside the table. */
  readonly toolsActOnTable?: boolean;
  /** The drawing. */
  readonly children: ComponentChildren;
}

export function FigureFrame(props: FigureFrameProps): VNode {
  const { page, name, legend = [] } = props;
  const id = useId();
  const [asTable, showTable] = page.saved(`table ${name}`, props.tableFirst ?? false);
  return (
    <section class="figure" aria-labelledby={id}>
      <header class="figure-head">
        <h2 id={id}>{props.title}</h2>
        {props.note !== undefined && <span class="note">{props.note}</span>}
      </header>
      <p class="reading">{props.reading}</p>
      {props.tools !== undefined && (!asTable || props.toolsActOnTable) && <div class="tools">{props.tools}</div>}
      {asTable ? <DataTable table={props.table()} label={props.title} /> : <div class="drawing">{props.children}</div>}
      {!asTable && legend.length > 0 && <LegendRow items={legend} page={page} id={id} />}
      <footer class="figure-foot">
        <Link
          onClick={() => {
            page.explain(props.topic);
          }}
        >
          Why does this matter?
        </Link>
        <Link
          pressed={asTable}
          onClick={() => {
            showTable(!asTable);
          }}
        >
          {asTable ? 'Show as picture' : 'Show as table'}
        </Link>
        <ExportLinks {...props} />
      </footer>
    </section>
  );
}

function LegendRow({
  items,
  page,
  id,
}: {
  readonly items: readonly LegendItem[];
  readonly page: ViewProps;
  readonly id: string;
}) {
  const { width, model } = page;
  const height = legendHeight(items, width);
  const names = items.map((item) => item.label ?? '').filter((label) => label !== '');
  return (
    <svg class="legend" width={width} height={height} role="img" aria-label={`Legend: ${names.join('; ')}`}>
      <Legend items={items} width={width} theme={model.theme} id={`legend-${id}`} />
    </svg>
  );
}

/** Exports are at least so wide, px, however narrow the panel. */
const EXPORT_WIDTH = 640;

const formats: readonly { readonly format: ExportFormat; readonly label: string }[] = [
  { format: 'svg', label: 'SVG' },
  { format: 'png', label: 'PNG' },
  { format: 'csv', label: 'CSV' },
  { format: 'json', label: 'JSON' },
];

function ExportLinks(props: FigureFrameProps): VNode {
  const { page, title } = props;
  const id = useId();
  const name = useMemo(() => fileName(page.model.experiment, props.name), [page.model.experiment, props.name]);
  const save = async (format: ExportFormat) => {
    page.exportFile(name, format, await contentOf(props, format));
  };
  return (
    <span class="exports" role="group" aria-labelledby={id}>
      <span id={id} aria-label={`Export ${title}`}>
        Export
      </span>
      {formats.map(({ format, label }) => (
        <Link
          key={format}
          label={`Export ${title} as ${label}`}
          onClick={() => {
            save(format).catch((error: unknown) => {
              page.fail(`${label} could not be made: ${messageOf(error)}`);
            });
          }}
        >
          {label}
        </Link>
      ))}
    </span>
  );
}

async function contentOf(props: FigureFrameProps, format: ExportFormat): Promise<string | Uint8Array<ArrayBuffer>> {
  switch (format) {
    case 'csv':
      return csvOf((props.series ?? props.table)());
    case 'json':
      return jsonOf(props.json ? props.json() : recordsOf(props.table()));
    case 'svg':
    case 'png': {
      const theme = concreteTheme(props.page.model.theme);
      const svg = svgOf(props.figure(theme, Math.max(EXPORT_WIDTH, props.page.width)), theme);
      return format === 'svg' ? svg : pngOf(svg);
    }
  }
}

function recordsOf({ columns, rows }: Table): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
}

/** Letters, digits and dashes, of a length that every file system takes. */
function fileName(experiment: string, name: string): string {
  const plain = `${experiment}-${name}`.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 100);
  return plain === '' ? 'figure' : plain;
}
