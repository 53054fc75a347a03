/** Names of what the mock host can play; apart from scenarios and themes, which are made in the page. */
import type { ScenarioName } from './runs.ts';

const all: Readonly<Record<ScenarioName, true>> = {
  small: true,
  digits: true,
  table: true,
  several: true,
  leaky: true,
  leakyDigits: true,
  conditioned: true,
  conditionedDigits: true,
  nice: true,
  maf: true,
  realnvp: true,
  faultyFlow: true,
  digitsFlow: true,
  vae: true,
  vaeOfMany: true,
  vaeOfFifty: true,
  pixels: true,
  colours: true,
  empty: true,
  preparing: true,
  paused: true,
  finished: true,
  stopped: true,
  failed: true,
  interrupted: true,
  elsewhere: true,
  restarting: true,
  lost: true,
  text: true,
};

export const scenarioNames = Object.keys(all) as ScenarioName[];
export type { ScenarioName };

export const themeNames = ['light', 'dark', 'hc-dark', 'hc-light'] as const;
export type ThemeName = (typeof themeNames)[number];
