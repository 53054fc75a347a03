import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingEntries } from '../../harness/lock.mjs';
import { root } from '../../harness/root.mjs';

type Wants = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>;

const read = <T>(file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const readLock = () => read<{ packages: Record<string, Wants> }>('package-lock.json');

describe('package-lock.json', () => {
  it('names the native parts of every platform; `node test/harness/lock.mjs` adds what is missing', () => {
    expect(Object.keys(missingEntries(readLock()))).toEqual([]);
  });

  it('names no host that packages come from', () => {
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('asks for what package.json asks for', () => {
    const { dependencies, devDependencies, optionalDependencies } = read<Wants>('package.json');
    const top = readLock().packages['']!;
    expect({ ...top.dependencies, ...top.devDependencies, ...top.optionalDependencies }).toEqual({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    });
  });
});

describe('missingEntries', () => {
  it('writes an entry from the name of a native part', () => {
    const packages = {
      '': {},
      'node_modules/a': { dev: true, optionalDependencies: { '@a/a-linux-x64-musl': '1.2.3' } },
    };
    expect(missingEntries({ packages })).toEqual({
      'node_modules/@a/a-linux-x64-musl': {
        version: '1.2.3',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
        dev: true,
        optional: true,
      },
    });
  });

  it('refuses what it would have to guess', () => {
    const wants = (name: string, version: string) =>
      missingEntries({ packages: { 'node_modules/a': { optionalDependencies: { [name]: version } } } });
    expect(() => wants('a-linux-x64', '^1.0.0')).toThrow('no exact version');
    expect(() => wants('fsevents', '2.3.3')).toThrow('for what platform');
  });
});
