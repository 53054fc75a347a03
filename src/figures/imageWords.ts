/** Where a variable lies in the image that a row is, in words. */
import { channelsOf, type ImageSize, placeIn } from '../spec/imageShape.ts';

export { channelsOf, type ImageSize, placeIn, variableIn } from '../spec/imageShape.ts';

/** Channels of a colour image. */
export const channelNames = ['red', 'green', 'blue'] as const;
/** The same, as heads of narrow columns. */
export const channelLetters = ['R', 'G', 'B'] as const;

/** "red"; of more or fewer channels than a colour has, "channel 2". */
export function channelName(channel: number, channels: number): string {
  return channels === 3 ? channelNames[channel]! : `channel ${channel + 1}`;
}

/** "R", or "2". */
export function channelLetter(channel: number, channels: number): string {
  return channels === 3 ? channelLetters[channel]! : String(channel + 1);
}

/** "row 5, column 3", of colour images "row 5, column 3, red". */
export function placeWords(image: ImageSize, variable: number): string {
  const { row, column, channel } = placeIn(image, variable);
  const channels = channelsOf(image);
  return `row ${row + 1}, column ${column + 1}${channels > 1 ? `, ${channelName(channel, channels)}` : ''}`;
}
