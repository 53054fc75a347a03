import { describe, expect, it } from 'vitest';
import { columnsFor, columnsForFile, type EditorGroup } from '../../../extension/panels/columns.ts';

/** A group by what is in it: f the file, F the file in front, i the inspector. */
const groups = (...texts: string[]): EditorGroup[] =>
  texts.map((text, i) => ({
    column: i + 1,
    hasFile: /f/i.test(text),
    showsFile: text.includes('F'),
    hasInspector: text.includes('i'),
  }));

describe('showing the inspector on a file', () => {
  it.each([
    ['nothing is open', groups(''), { inspector: null, file: null }],
    ['the file is in sight', groups('F'), { inspector: 2, file: null }],
    ['the file is in sight, not in the last group', groups('', 'F', ''), { inspector: 3, file: null }],
    ['both are in sight', groups('F', 'i'), { inspector: 2, file: null }],
    ['the file covers the inspector', groups('Fi'), { inspector: 2, file: 1 }],
    ['the inspector covers the file', groups('fi', ''), { inspector: 2, file: 1 }],
    ['the file covers the inspector in the last group', groups('', 'Fi'), { inspector: 1, file: 2 }],
    ['the file is behind others in its own group', groups('f', 'i'), { inspector: 2, file: 1 }],
    ['the file is in both groups', groups('f', 'Fi'), { inspector: 2, file: 1 }],
    ['only the inspector is open', groups('i'), { inspector: 1, file: null }],
  ])('when %s', (_, open, expected) => {
    expect(columnsFor(open)).toEqual(expected);
  });
});

describe('opening a file', () => {
  it.each([
    ['there is no inspector', groups('f', ''), { inspector: null, file: null }],
    ['the inspector has a group of its own', groups('', 'i'), { inspector: null, file: 1 }],
    ['another group has the file', groups('i', '', 'f'), { inspector: null, file: 3 }],
    ['there is only the inspector, which makes room', groups('i'), { inspector: 2, file: 1 }],
  ])('when %s', (_, open, expected) => {
    expect(columnsForFile(open)).toEqual(expected);
  });
});
