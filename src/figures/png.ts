/** Pixels to PNG data URIs without a DOM. */
import { encode } from 'fast-png';
import type { Pixels } from './pixels.ts';

export function pngDataUri({ width, height, data }: Pixels): string {
  const bytes = encode({ width, height, data, channels: 4, depth: 8 });
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}
