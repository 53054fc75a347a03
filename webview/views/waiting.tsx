/** What stands in a view whose frame has not come yet, or cannot come, and why. */
import type { VNode } from 'preact';
import type { ViewProps } from './view.ts';

export function Waiting({ page, what }: { readonly page: ViewProps; readonly what: string }): VNode {
  const { run } = page.model;
  const text =
    run === null
      ? 'Nothing to show yet: this experiment has no run. Train starts one.'
      : run.manifest.state === 'preparing'
        ? `Preparing the run; ${what} is drawn with the first batch.`
        : run.live
          ? `Measuring ${what} with the weights of this moment …`
          : run.problem !== null
            ? `${capitalised(what)} cannot be measured: ${run.problem}`
            : `Opening the run to measure ${what} …`;
  return (
    <div class="waiting" role="status">
      <p>{text}</p>
    </div>
  );
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
