/** The manifest and the code name the same commands, views, settings and context keys; every reference leads somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commandIds,
  contextKeys,
  inspectorViewType,
  internalCommandIds,
  settingIds,
  treeViewIds,
  viewContainerId,
  walkthroughId,
} from '../../../extension/ids.ts';
import { backendNames } from '../../../src/backends/backend.ts';

const root = join(import.meta.dirname, '../../..');
const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
const nls = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

interface MenuItem {
  command: string;
  when?: string;
  group?: string;
}
interface Manifest {
  icon: string;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string; enablement?: string }[];
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; icon: string; name: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    menus: Record<string, MenuItem[]>;
    keybindings?: MenuItem[];
    configuration: { properties: Record<string, { enum?: string[]; scope?: string }> };
    walkthroughs: {
      id: string;
      icon: string;
      steps: { id: string; description: string; media: { svg: string }; completionEvents: string[] }[];
    }[];
  };
}
const manifest = JSON.parse(manifestText) as Manifest;
const { contributes } = manifest;

const sources = readdirSync(join(root, 'extension'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && name !== 'ids.ts')
  .map((name) => readFileSync(join(root, 'extension', name), 'utf8'))
  .join('\n');

const sorted = (list: Iterable<string>) => [...list].sort();
const known = new Set<string>(Object.values(commandIds));
const menuItems = [...Object.values(contributes.menus).flat(), ...(contributes.keybindings ?? [])];

describe('commands', () => {
  it('are the same in manifest and code', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(known));
  });

  it('have category, title and icon', () => {
    for (const { command, category, title, icon } of contributes.commands) {
      expect({ command, category }).toEqual({ command, category: 'Likelihood Lens' });
      expect(nls[title.slice(1, -1)], title).toBeTruthy();
      expect(icon, command).toMatch(/^\$\([a-z-]+\)$/);
    }
  });

  it('in menus and keybindings exist', () => {
    for (const { command } of menuItems) expect(known).toContain(command);
  });

  it('linked from texts exist', () => {
    const links = Object.values(nls).flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id!));
    expect(links.length).toBeGreaterThan(5);
    const builtIn = ['workbench.action.openWalkthrough', 'vscode.openFolder'];
    for (const link of links) expect([...known, ...builtIn]).toContain(link);
  });

  it('that only views call are not offered to people', () => {
    for (const id of Object.values(internalCommandIds)) expect(manifestText).not.toContain(`"${id}"`);
  });

  it('that start a process wait for trust', () => {
    const free = contributes.commands.filter(({ enablement }) => enablement === undefined);
    const processFree: string[] = [
      commandIds.inspect,
      commandIds.openExperiment,
      commandIds.openRunFolder,
      commandIds.deleteRun,
      commandIds.createExamples,
      commandIds.refreshExperiments,
      commandIds.explainFinding,
      commandIds.showBackends,
      commandIds.showOutput,
      commandIds.compareRuns,
    ];
    expect(sorted(free.map(({ command }) => command))).toEqual(sorted(processFree));
  });
});

describe('views', () => {
  it('are the same in manifest and code', () => {
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([viewContainerId]);
    expect(Object.keys(contributes.views)).toEqual([viewContainerId]);
    expect(sorted(contributes.views[viewContainerId]!.map(({ id }) => id))).toEqual(sorted(Object.values(treeViewIds)));
  });

  it('named in conditions and welcomes exist', () => {
    const ids = new Set<string>(Object.values(treeViewIds));
    const named = menuItems.flatMap(({ when }) =>
      [...(when ?? '').matchAll(/\bview == ([\w.]+)/g)].map(([, id]) => id!),
    );
    for (const id of [...named, ...contributes.viewsWelcome.map(({ view }) => view)]) expect(ids).toContain(id);
  });
});

describe('settings', () => {
  it('are the same in manifest and code', () => {
    expect(sorted(Object.keys(contributes.configuration.properties))).toEqual(sorted(Object.values(settingIds)));
  });

  it('restricted in untrusted workspaces exist', () => {
    for (const id of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
      expect(Object.values<string>(settingIds)).toContain(id);
    }
  });

  it('that name programs and folders are the machine’s alone, and wait for trust', () => {
    const { properties } = contributes.configuration;
    const paths = Object.keys(properties).filter((id) => id.endsWith('Path'));
    expect(paths.length).toBe(5);
    for (const id of paths) {
      expect(properties[id]!.scope, id).toBe('machine');
      expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(id);
    }
  });

  it('offer every backend', () => {
    const { enum: offered } = contributes.configuration.properties[settingIds.backend]!;
    expect(offered).toEqual(['auto', ...backendNames]);
  });
});

describe('context keys', () => {
  const ours = new Set<string>(Object.values(contextKeys));
  const conditions = [
    ...menuItems.map(({ when }) => when ?? ''),
    ...contributes.commands.map(({ enablement }) => enablement ?? ''),
    ...contributes.viewsWelcome.map(({ when }) => when ?? ''),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents)),
  ].join('\n');
  const ids = new Set<string>([...known, ...Object.values(treeViewIds)]);
  const used = new Set((conditions.match(/\blikelihoodLens\.[\w.]+/g) ?? []).filter((id) => !ids.has(id)));

  it('used in conditions are set by the code', () => {
    expect(sorted(used).filter((key) => !ours.has(key))).toEqual([]);
  });

  it('of the code are used in conditions', () => {
    expect(sorted(ours).filter((key) => !used.has(key))).toEqual([]);
  });

  it('are set somewhere', () => {
    for (const name of Object.keys(contextKeys)) expect(sources).toContain(`contextKeys.${name}`);
  });
});

describe('texts and files', () => {
  it('that the manifest refers to exist, and no text is left over', () => {
    const used = new Set([...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!));
    expect(sorted(used)).toEqual(sorted(Object.keys(nls)));
  });

  it('pictures are there', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ icon, steps }) => [icon, ...steps.map(({ media }) => media.svg)]),
      'media/icons/inspector-light.svg',
      'media/icons/inspector-dark.svg',
    ];
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  });
});

describe('walkthrough and activation', () => {
  it('the walkthrough is the one that is opened', () => {
    expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([walkthroughId]);
  });

  it('steps are completed by commands that exist', () => {
    const events = contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents));
    for (const event of events) {
      const [kind, id] = event.split(':') as [string, string];
      expect(['onCommand', 'onContext']).toContain(kind);
      if (kind === 'onCommand') expect(known).toContain(id);
    }
  });

  it('the inspector comes back after a reload', () => {
    expect(manifest.activationEvents).toContain(`onWebviewPanel:${inspectorViewType}`);
  });
});
