/** A pinned unit in numbers: its degree, what it sees and feeds, and its strongest weights. */
import type { VNode } from 'preact';
import { contextLayer, marked, type Focus } from '../../src/figures/dependencies.ts';
import { formatCount, formatWithin, unitName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { KnownWeight, WeightReader } from '../../src/figures/weights.ts';
import { hasBit } from '../../src/masks/bits.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import type { UnitId } from '../../src/masks/network.ts';

const STRONGEST = 6;

interface Strong {
  readonly unit: UnitId;
  readonly weight: KnownWeight;
}

export function UnitDetails({
  network,
  readers,
  given,
  focus,
  theme,
}: {
  readonly network: Connectivity;
  readonly readers: readonly (WeightReader | null)[];
  /** Weights of the context into its layers. */
  readonly given: readonly WeightReader[];
  readonly focus: Focus;
  readonly theme: Theme;
}): VNode {
  const { unit } = focus;
  const { layers, last } = network;
  const column = unit.layer === contextLayer(network);
  const facts: [string, string][] = column ? contextFacts(network) : unitFacts(network, unit);
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
      {unit.layer > 0 && !column && (
        <Weights
          title="Strongest weights in"
          weights={strongestOf(weightsAt(network, readers, unit, 'in'), fromContext(network, given, unit))}
          layers={layers.length}
          theme={theme}
        />
      )}
      {(unit.layer < last || column) && (
        <Weights
          title="Strongest weights out"
          weights={
            column
              ? strongestOf(ofColumn(network, given, unit.unit))
              : strongestOf(weightsAt(network, readers, unit, 'out'))
          }
          layers={layers.length}
          theme={theme}
        />
      )}
    </section>
  );
}

function unitFacts(network: Connectivity, unit: UnitId): [string, string][] {
  const { layers, last, dimension } = network;
  const inputs = marked(network.below(unit)[0]!).length;
  const outputs = marked(network.above(unit)[last]!).length;
  const below = network.pathsInto(unit)[0]!.reduce((a, b) => a + b, 0);
  const above = network.pathsOutOf(unit)[last]!.reduce((a, b) => a + b, 0);
  const degree = layers[unit.layer]!.degrees?.[unit.unit];
  return [
    ...(degree === undefined ? [] : [['Degree', formatCount(degree)] as [string, string]]),
    ...(unit.layer > 0
      ? [
          ['Depends on', `${formatCount(inputs)} of ${formatCount(dimension)} inputs`] as [string, string],
          ['Paths from inputs', formatCount(below)] as [string, string],
        ]
      : []),
    ...(unit.layer < last
      ? [
          ['Feeds', `${formatCount(outputs)} of ${formatCount(dimension)} outputs`] as [string, string],
          ['Paths to outputs', formatCount(above)] as [string, string],
        ]
      : []),
  ];
}

/** All columns of a context have the same connections. */
function contextFacts(network: Connectivity): [string, string][] {
  const outputs = marked(network.contextReach()[network.last]!).length;
  const into = network.context!.into.map((layer) => network.layers[layer]!.name);
  return [
    ['Degree', '0'],
    ['Leads into', into.join(', ')],
    ['Feeds', `${formatCount(outputs)} of ${formatCount(network.dimension)} outputs`],
  ];
}

/** The weights of one column of the context. */
function ofColumn({ layers, context }: Connectivity, given: readonly WeightReader[], column: number): Strong[] {
  return (context?.into ?? []).flatMap((layer, i) =>
    Array.from({ length: given[i] ? layers[layer]!.units : 0 }, (_, unit) => ({
      unit: { layer, unit },
      weight: given[i]!.known(unit, column),
    })),
  );
}

/** The weights of the context that enter a unit. */
function fromContext(network: Connectivity, given: readonly WeightReader[], unit: UnitId): Strong[] {
  const reader = given[network.context?.into.indexOf(unit.layer) ?? -1];
  return Array.from({ length: reader ? network.context!.size : 0 }, (_, column) => ({
    unit: { layer: contextLayer(network), unit: column },
    weight: reader!.known(unit.unit, column),
  }));
}

const strongestOf = (...found: readonly (readonly Strong[])[]): Strong[] =>
  found
    .flat()
    .sort((a, b) => Math.abs(b.weight.value) - Math.abs(a.weight.value))
    .slice(0, STRONGEST);

/** The weights that enter or leave a unit; none where weights came aggregated. */
function weightsAt(
  network: Connectivity,
  readers: readonly (WeightReader | null)[],
  unit: UnitId,
  way: 'in' | 'out',
): Strong[] {
  const found: Strong[] = [];
  for (const { index, from, to } of network.joints) {
    const reader = readers[index];
    if (!reader?.signed || (way === 'in' ? to : from) !== unit.layer) continue;
    const layer = way === 'in' ? from : to;
    const mask = network.mask(index);
    for (let other = 0; other < network.layers[layer]!.units; other++) {
      const [row, column] = way === 'in' ? [unit.unit, other] : [other, unit.unit];
      if (hasBit(mask, row, column)) found.push({ unit: { layer, unit: other }, weight: reader.known(row, column) });
    }
  }
  return found;
}

/** "−0.019 ± 0.002", or how large at most. */
function weightText({ value, error }: KnownWeight): string {
  const { sign, text } = formatWithin(value, error);
  return sign === '<' ? `size < ${text}` : text;
}

function Weights({
  title,
  weights,
  layers,
  theme,
}: {
  readonly title: string;
  readonly weights: readonly Strong[];
  readonly layers: number;
  readonly theme: Theme;
}): VNode | null {
  if (weights.length === 0) return null;
  const largest = Math.abs(weights[0]!.weight.value) || 1;
  return (
    <table class="weights">
      <caption>{title}</caption>
      <tbody>
        {weights.map(({ unit, weight }) => (
          <tr key={`${unit.layer}/${unit.unit}`}>
            <th scope="row">{unitName(unit, layers)}</th>
            <td class="number">{weightText(weight)}</td>
            <td class="bar" aria-hidden="true">
              <span
                style={{
                  width: `${Math.max(2, (100 * Math.abs(weight.value)) / largest)}%`,
                  background: weight.value < 0 ? theme.negative : theme.positive,
                }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
