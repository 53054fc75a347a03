/** KL of each unit, now. */
import type { VNode } from 'preact';
import { ACTIVE, type LatentUnitsFrame } from '../inspection/frames/latentUnits.ts';
import { runStyle } from './colours.ts';
import type { Box } from './drawing.tsx';
import { latentName } from './latentNames.ts';
import { textSize, type Theme } from './theme.ts';

export function Bars({
  frame,
  order,
  boxOf,
  theme,
}: {
  readonly frame: LatentUnitsFrame;
  readonly order: Int32Array;
  readonly boxOf: (place: number) => Box;
  readonly theme: Theme;
}): VNode {
  const { colour } = runStyle(theme.kind, 0);
  const named = order.length <= 16;
  return (
    <g class="units">
      {Array.from(order, (unit, place) => {
        const box = boxOf(place);
        const active = frame.activity[unit]! > ACTIVE;
        return (
          <>
            <rect {...box} fill={active ? colour : 'none'} stroke={active ? colour : theme.muted} />
            {named && (
              <text
                x={box.x + box.width / 2}
                y={Math.max(box.y + box.height + 13, box.y + 13)}
                text-anchor="middle"
                font-size={textSize.small}
                fill={theme.muted}
              >
                {latentName(unit)}
              </text>
            )}
          </>
        );
      })}
    </g>
  );
}
