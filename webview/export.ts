/** Figures and series as files: SVG and PNG with the colours of the user's theme, CSV, JSON. */
import { csvFormatRows } from 'd3';
import { figureSvg, type Figure } from '../src/figures/compose.tsx';
import type { Pixels } from '../src/figures/pixels.ts';
import { renderSvg } from '../src/figures/render.ts';
import type { Theme } from '../src/figures/theme.ts';
import type { Table } from './views/view.ts';

/** The page's theme with its variables resolved, so that drawings keep their colours outside the editor. */
export function concreteTheme(theme: Theme): Theme {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolve = (colour: string) => {
    probe.style.color = '';
    probe.style.color = colour;
    return hexColour(getComputedStyle(probe).color);
  };
  try {
    probe.style.fontFamily = theme.font;
    const font = getComputedStyle(probe).fontFamily;
    const { kind, font: _, ...colours } = theme;
    const resolved = Object.entries(colours).map(([name, colour]) => [name, resolve(colour)] as const);
    return { ...theme, ...Object.fromEntries(resolved), kind, font };
  } finally {
    probe.remove();
  }
}

/** Any colour that the browser knows, mixed ones included, in the form that every reader of SVG knows. */
function hexColour(colour: string): string {
  const context = context2d(1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function context2d(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this window has no canvas to draw on');
  return context;
}

/** Pixels as a PNG data URI, by a canvas. */
export function canvasDataUri(pixels: Pixels): string {
  const context = context2d(Math.max(1, pixels.width), Math.max(1, pixels.height));
  if (pixels.width > 0 && pixels.height > 0)
    context.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
  return context.canvas.toDataURL('image/png');
}

/** The figure as an SVG document that needs nothing around it. */
export function svgOf(figure: Figure, theme: Theme): string {
  return renderSvg(figureSvg(figure, theme, canvasDataUri));
}

const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const MAX_SIDE = 16_384;

/** @throws Error when the browser cannot draw the SVG. */
export async function pngOf(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    const loaded = new Promise<void>((resolve, reject) => {
      image.onload = () => {
        resolve();
      };
      image.onerror = () => {
        reject(new Error('the figure could not be drawn as an image'));
      };
    });
    image.src = url;
    await loaded;
    const scale = Math.min(PNG_SCALE, MAX_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const context = context2d(Math.ceil(image.naturalWidth * scale), Math.ceil(image.naturalHeight * scale));
    context.drawImage(image, 0, 0, context.canvas.width, context.canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      context.canvas.toBlob(resolve, 'image/png');
    });
    if (!blob) throw new Error('the figure could not be written as PNG');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** RFC 4180 but for the line ends; numbers in full precision, what is missing left empty. */
export function csvOf({ columns, rows }: Table): string {
  const text = rows.map((row) => row.map((value) => (value === null ? '' : String(value))));
  return `${csvFormatRows([[...columns], ...text])}\n`;
}

/** Typed arrays as plain ones; numbers that are none as null, as JSON has it. */
export function jsonOf(value: unknown): string {
  const plain = (_: string, part: unknown): unknown =>
    ArrayBuffer.isView(part) && !(part instanceof DataView) ? Array.from(part as unknown as ArrayLike<number>) : part;
  return `${JSON.stringify(value, plain, 1)}\n`;
}
