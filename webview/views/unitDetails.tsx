/** A pinned unit in numbers: its degree, what it sees and feeds, and its strongest weights. */
import type { VNode } from 'preact';
import {
  connects,
  layerDegrees,
  marked,
  pathsInto,
  pathsOutOf,
  unitsAbove,
  unitsBelow,
  type Focus,
} from '../../src/figures/dependencies.ts';
import { formatCount, formatFixed, formatValue, unitName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { WeightReader } from '../../src/figures/weights.ts';
import type { MadeStructure } from '../../src/masks/degrees.ts';
import type { UnitId } from '../../src/masks/network.ts';

const STRONGEST = 6;

interface Strong {
  readonly unit: UnitId;
  readonly weight: number;
}

export function UnitDetails({
  structure,
  readers,
  focus,
  theme,
}: {
  readonly structure: MadeStructure;
  readonly readers: readonly WeightReader[];
  readonly focus: Focus;
  readonly theme: Theme;
}): VNode {
  const { unit } = focus;
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const inputs = marked(unitsBelow(structure, unit)[0]!).length;
  const outputs = marked(unitsAbove(structure, unit)[last]!).length;
  const below = pathsInto(structure, unit)[0]!.reduce((a, b) => a + b, 0);
  const above = pathsOutOf(structure, unit)[last]!.reduce((a, b) => a + b, 0);
  const facts: [string, string][] = [
    ['Degree', formatCount(layers[unit.layer]![unit.unit]!)],
    ...(unit.layer > 0
      ? [
          ['Depends on', `${formatCount(inputs)} of ${formatCount(layers[0]!.length)} inputs`] as [string, string],
          ['Paths from inputs', formatCount(below)] as [string, string],
        ]
      : []),
    ...(unit.layer < last
      ? [
          ['Feeds', `${formatCount(outputs)} of ${formatCount(layers[0]!.length)} outputs`] as [string, string],
          ['Paths to outputs', formatCount(above)] as [string, string],
        ]
      : []),
  ];
  return (
    <section class="unit-details" aria-label={`${unitName(unit, layers.length)} in numbers`}>
      <h3>{unitName(unit, layers.length)}</h3>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {unit.layer > 0 && (
        <Weights
          title="Strongest weights in"
          weights={strongest(structure, readers, unit, 'in')}
          structure={structure}
          theme={theme}
        />
      )}
      {unit.layer < last && (
        <Weights
          title="Strongest weights out"
          weights={strongest(structure, readers, unit, 'out')}
          structure={structure}
          theme={theme}
        />
      )}
    </section>
  );
}

/** The largest |weights| that enter or leave a unit; none where weights came aggregated. */
function strongest(
  structure: MadeStructure,
  readers: readonly WeightReader[],
  unit: UnitId,
  way: 'in' | 'out',
): Strong[] {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const links = [
    { layer: way === 'in' ? unit.layer - 1 : unit.layer + 1, reader: way === 'in' ? unit.layer - 1 : unit.layer },
    ...(structure.direct && way === 'in' && unit.layer === last ? [{ layer: 0, reader: last }] : []),
    ...(structure.direct && way === 'out' && unit.layer === 0 ? [{ layer: last, reader: last }] : []),
  ];
  const found: Strong[] = [];
  for (const { layer, reader: index } of links) {
    const reader = readers[index];
    if (!reader?.signed) continue;
    for (let other = 0; other < layers[layer]!.length; other++) {
      const neighbour = { layer, unit: other };
      if (!(way === 'in' ? connects(structure, neighbour, unit) : connects(structure, unit, neighbour))) continue;
      found.push({ unit: neighbour, weight: way === 'in' ? reader.at(unit.unit, other) : reader.at(other, unit.unit) });
    }
  }
  return found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, STRONGEST);
}

function Weights({
  title,
  weights,
  structure,
  theme,
}: {
  readonly title: string;
  readonly weights: readonly Strong[];
  readonly structure: MadeStructure;
  readonly theme: Theme;
}): VNode | null {
  if (weights.length === 0) return null;
  const layers = structure.hidden.length + 2;
  const largest = Math.abs(weights[0]!.weight) || 1;
  return (
    <table class="weights">
      <caption>{title}</caption>
      <tbody>
        {weights.map(({ unit, weight }) => (
          <tr key={`${unit.layer}/${unit.unit}`}>
            <th scope="row">{unitName(unit, layers)}</th>
            <td class="number">{Math.abs(weight) < 0.001 ? formatValue(weight, 2) : formatFixed(weight, 3)}</td>
            <td class="bar" aria-hidden="true">
              <span
                style={{
                  width: `${Math.max(2, (100 * Math.abs(weight)) / largest)}%`,
                  background: weight < 0 ? theme.negative : theme.positive,
                }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
