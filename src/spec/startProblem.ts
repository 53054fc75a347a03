/** Where in an experiment file it belongs that a run could not start: data are read whole only then. */
import { dataSpec } from './data.ts';
import { filesOf } from './facts.ts';
import { JsonText } from './jsonText.ts';
import { parseLocation } from './location.ts';
import type { Problem } from './problem.ts';

/**
 * The problem of a start that was refused for its data.
 * @param text The experiment file.
 * @param message What was said; it begins with the file at fault as the experiment writes it, or with its split.
 */
export function startProblem(text: string, message: string): Problem {
  const json = new JsonText(text);
  const { value } = json;
  const parsed = dataSpec.safeParse(
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)['data'] : undefined,
  );
  const named = (parsed.success ? filesOf(parsed.data) : []).filter(({ location }) =>
    [location, parseLocation(location).file].some((name) => beginsWith(message, name)),
  );
  // Several arrays of one file: the one that is named whole.
  const found = named.find(({ location }) => beginsWith(message, location)) ?? named[0];
  const place = found ? { path: found.path, at: 'value' as const } : { path: ['data'], at: 'key' as const };
  return json.problemAt({ severity: 'error', message, ...place }, 'semantic');
}

function beginsWith(message: string, name: string): boolean {
  // A slash: a file within the folder that is named.
  return message.startsWith(name) && /^($|[\s:,#(/])/.test(message.slice(name.length));
}
