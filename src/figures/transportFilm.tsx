/** Transport as a film: every stage beside the others, from x to u. */
import { type TransportFrame } from '../inspection/frames/transport.ts';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { placeKey } from './placeColours.ts';
import { subscript } from '../text/notation.ts';
import { wrapText } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { stagesOf } from './transportStages.ts';
import { KeyName, KEY, transportLegend } from './transport.tsx';
import { Plane, type TransportShown } from './transportPlane.tsx';

/** Pictures of the film are at least so wide. */
const NARROWEST = 150;
/** Room for the name of a stage and one line of its caption; each more takes another. */
const CAPTION = 32;
const CAPTION_LINE = 13;
const APART = 14;

/** Every stage beside the others, from x to u. */
export function transportFilm({
  frame,
  shown,
  width,
  theme,
}: {
  readonly frame: TransportFrame;
  readonly shown: TransportShown;
  readonly width: number;
  readonly theme: Theme;
}): { readonly drawing: Drawing; readonly legend: readonly LegendItem[]; boxOf(stage: number): Box } {
  const count = stagesOf(frame);
  const keyed = shown.data || shown.samples;
  const key = placeKey(theme.kind, shown.colouring, KEY);
  const most = Math.max(1, Math.floor((width + APART) / (NARROWEST + APART)));
  const rows = Math.ceil(count / most);
  const columns = Math.ceil(count / rows);
  const side = Math.floor(Math.min(260, (width - APART * (columns - 1)) / columns));
  const captions = Array.from({ length: count }, (_, stage) =>
    caption(frame.layers[stage - 1]?.title ?? `${frame.split} rows`, side),
  );
  const deep = Math.max(...captions.map(({ length }) => length));
  const top = CAPTION + CAPTION_LINE * (deep - 1);
  const boxOf = (stage: number): Box => ({
    x: (stage % columns) * (side + APART),
    y: Math.floor(stage / columns) * (side + top + APART) + top,
    width: side,
    height: side,
  });
  const bottom = rows * (side + top + APART) - APART;
  return {
    boxOf,
    legend: transportLegend(frame, shown, theme),
    drawing: {
      width: columns * (side + APART) - APART,
      height: bottom + (keyed ? APART + KEY : 2),
      rasters: keyed
        ? [{ x: 0, y: bottom + APART, width: KEY, height: KEY, pixels: key, source: wholeSource(key), hatched: false }]
        : [],
      marks: [
        keyed && <KeyName x={KEY + 10} y={bottom + APART + KEY / 2 + 4} theme={theme} />,
        ...Array.from({ length: count }, (_, stage) => {
          const plot = boxOf(stage);
          return (
            <g class="stage">
              <text
                x={plot.x}
                y={plot.y - 18 - CAPTION_LINE * (deep - 1)}
                font-family={theme.font}
                font-size={textSize.label}
                fill={theme.foreground}
              >
                {stage === 0 ? 'x' : stage === count - 1 ? `y${subscript(stage)} = u` : `y${subscript(stage)}`}
              </text>
              <text
                x={plot.x}
                y={plot.y - 5 - CAPTION_LINE * (deep - 1)}
                font-family={theme.font}
                font-size={textSize.small}
                fill={theme.muted}
              >
                {captions[stage]!.map((part, i) => (
                  <tspan x={plot.x} dy={i === 0 ? 0 : CAPTION_LINE}>
                    {part}
                  </tspan>
                ))}
              </text>
              <Plane frame={frame} at={stage} shown={shown} plot={plot} theme={theme} id={`stage-${stage}`} dot={1.5} />
            </g>
          );
        }),
      ],
    },
  };
}

const LINES = 2;

/** A caption in lines that fit above its picture; what is longer than those is cut. */
function caption(text: string, width: number): string[] {
  const lines = wrapText(text, textSize.small, width);
  return lines.length <= LINES ? lines : [...lines.slice(0, LINES - 1), `${lines[LINES - 1]!} …`];
}
