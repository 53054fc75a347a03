/** A figure that stands alone: title, the sentence that reads it, the drawing, the legend. For exports and the CLI. */
import type { VNode } from 'preact';
import { DrawingMarks, type Drawing } from './drawing.tsx';
import { Legend, legendHeight, type LegendItem } from './legend.tsx';
import type { EncodePixels } from './pixels.ts';
import { wrapText } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface Figure {
  readonly title: string;
  /** The sentence that reads the picture, computed from the data. */
  readonly reading: string;
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
}

const PADDING = 16;
const LINE = 17;

/** The whole figure as one `<svg>`. */
export function figureSvg(figure: Figure, theme: Theme, encode: EncodePixels): VNode {
  const { drawing, legend } = figure;
  const inner = Math.max(drawing.width, 320);
  const lines = wrapText(figure.reading, textSize.body, inner);
  const top = PADDING + 20 + lines.length * LINE + 10;
  const legendTop = top + drawing.height + 10;
  const width = inner + 2 * PADDING;
  const height = legendTop + legendHeight(legend, inner) + PADDING;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${figure.title}. ${figure.reading}`}
    >
      <rect width={width} height={height} fill={theme.background} />
      <g font-family={theme.font} fill={theme.foreground}>
        <text x={PADDING} y={PADDING + 12} font-size={textSize.title} font-weight="600">
          {figure.title}
        </text>
        {lines.map((line, i) => (
          <text x={PADDING} y={PADDING + 34 + i * LINE} font-size={textSize.body} fill={theme.muted}>
            {line}
          </text>
        ))}
      </g>
      <g transform={`translate(${PADDING},${top})`}>
        <DrawingMarks drawing={drawing} theme={theme} encode={encode} />
      </g>
      <g transform={`translate(${PADDING},${legendTop})`}>
        <Legend items={legend} width={inner} theme={theme} />
      </g>
    </svg>
  );
}
