/** Masks & Jacobian: what the masks allow, their product, and what the weights of this moment make of it. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { UnitOrder } from '../../src/figures/nodeLayout.ts';
import type { ViewProps } from './view.ts';
import { pinnedIn } from './connectivityView.tsx';
import { JacobianSection } from './jacobianSection.tsx';
import { MasksSection } from './masksSection.tsx';
import { PathsSection } from './pathsSection.tsx';
import { Pointed } from './pointed.ts';
import { useNetwork } from './stable.ts';
import { Waiting } from './waiting.tsx';
import { noZoom, type Zoom } from './zoom.ts';
import type { ConnectivityFrame } from '../../src/inspection/frames.ts';
import './graph.css';

export function MasksView(page: ViewProps): VNode {
  const frame = page.model.frames.connectivity;
  if (!frame) return <Waiting page={page} kind="connectivity" what="masks and weights" />;
  return <Matrices page={page} frame={frame} />;
}

/** Narrower, two matrices of pairs stand one above the other, px. */
const NARROWEST = 230;
const GUTTER = { narrow: 8, wide: 24 } as const;
const WIDE = 600;

function Matrices({ page, frame }: { readonly page: ViewProps; readonly frame: ConnectivityFrame }): VNode {
  const network = useNetwork(frame.network);
  const [pointed] = useState(() => new Pointed());
  const [order, setOrder] = page.saved<UnitOrder>('order', 'degree');
  const [keptZoom, keepZoom] = page.saved('zoom pairs', noZoom);
  const [zoom, setZoom] = useState<Zoom>(keptZoom);
  const { selection } = page.model;
  const pinned = useMemo(() => pinnedIn(network, selection), [network, selection]);
  const gutter = page.width < WIDE ? GUTTER.narrow : GUTTER.wide;
  const beside = page.width >= 2 * NARROWEST + gutter;
  const half = beside ? Math.floor((page.width - gutter) / 2) : page.width;
  const halfPage: ViewProps = { ...page, width: half };
  const common = { pointed, pinned, network, order };
  const shared = {
    ...common,
    page: halfPage,
    zoom,
    setZoom,
    keepZoom,
    size: { width: half, height: Math.min(half, 460) },
  };
  return (
    <>
      <MasksSection {...common} page={page} frame={frame} setOrder={setOrder} />
      <div class={beside ? 'pair' : 'stacked'} style={{ columnGap: `${gutter}px` }}>
        <PathsSection {...shared} />
        <JacobianSection {...shared} beside={beside} />
      </div>
    </>
  );
}
