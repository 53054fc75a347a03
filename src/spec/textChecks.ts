/** What a schema cannot say of `"text": …`: files that are not there, splits too short for a row, models of other values. */
import { alternatives, complain, shown, type Complaint } from './complaint.ts';
import { textPlaces, type TextSpec } from './dataText.ts';
import { charactersOf, cutsOf, filesOf, type CheckContext } from './facts.ts';
import { models, supportOf, type ModelSpec } from './models/index.ts';
import { supportText } from './support.ts';
import { formatCount, plural } from '../text/numbers.ts';

/** @param model null where it is not known. */
export function checkText(data: TextSpec, model: ModelSpec | null, context: CheckContext): Complaint[] {
  return [...checkPlaces(data, context), ...checkLengths(data, context), ...checkScored(data, model, context)];
}

function checkPlaces(data: TextSpec, { files }: CheckContext): Complaint[] {
  const places = filesOf(data);
  return places.flatMap(({ path, location }, i) => {
    if (places.slice(0, i).some((earlier) => earlier.location === location)) {
      return [
        complain(
          'error',
          path,
          `${location} is named twice; text that is trained on would be there again to be scored`,
        ),
      ];
    }
    const facts = files?.get(location);
    if (facts === undefined) return [];
    if (facts.problem !== null || !facts.exists) {
      return [complain('error', path, facts.problem ?? `${location}: there is no such file or folder`)];
    }
    return [];
  });
}

/** Splits that are too short for a row, and texts of one character, as far as the facts tell. */
function checkLengths(data: TextSpec, context: CheckContext): Complaint[] {
  const characters = charactersOf(data, context);
  const cuts = cutsOf(data, context);
  if (characters === null || cuts === null) return [];
  const { count, distinct } = characters;
  if (count === 0) {
    const problem = `${textPlaces(data).join(', ')}: there is no character of text in there`;
    return [complain('error', ['data', 'text'], problem)];
  }
  if (distinct.size === 1) {
    const problem = `the text has ${plural(count, 'character')}, all of them the same; there is nothing to predict`;
    return [complain('error', ['data', 'text'], problem)];
  }
  return (['train', 'validation', 'test'] as const).flatMap((split) => {
    const share = data.split[split];
    const cut = cuts[split];
    if (share === 0 || cut.rows > 0) return [];
    const other = split === 'train' ? 'a larger share' : 'a larger share, or 0 to do without';
    const problem =
      `${share} of ${plural(count, 'character')} is ${formatCount(cut.characters)} for ${split}, less than a single row of ` +
      `${data.length}: take more text, shorter rows or ${other}`;
    return [complain('error', ['data', 'length'], problem)];
  });
}

/** Characters are numbers 0 … V − 1: a model that scores other values, or fewer, knows nothing of them. */
function checkScored(data: TextSpec, model: ModelSpec | null, context: CheckContext): Complaint[] {
  if (model === null) return [];
  const support = supportOf(model);
  const size = charactersOf(data, context)?.distinct.size ?? null;
  if (typeof support === 'object' && (size === null || size <= support.levels)) return [];
  const found =
    size === null ? 'the places of its characters, 0 … V − 1' : `${plural(size, 'character')}, 0 … ${size - 1}`;
  const levels = 'conditional' in model ? `, or a "categorical" conditional of ${size ?? 'V'} levels` : '';
  const readers = Object.entries(models).flatMap(([type, entry]) => ('readsText' in entry ? [shown(type)] : []));
  return [
    complain(
      'error',
      ['data', 'text'],
      `a text has values of ${found}; this ${shown(model.type)} scores ${supportText(support)}: take a model of ` +
        `${readers.length === 0 ? 'text' : `type ${alternatives(readers)}`}${levels}`,
    ),
  ];
}
