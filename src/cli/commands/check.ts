/** `lens check`: every problem of an experiment file, as the editor's Problems panel shows them. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Command } from 'commander';
import { describeFile } from '../../data/describe.ts';
import { checkExperiment } from '../../spec/check.ts';
import { factsOfFiles } from '../../spec/fileFacts.ts';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../output.ts';
import { experimentPath } from '../targets.ts';

export function checkCommand(): Command {
  return new Command('check')
    .summary('check an experiment file without training')
    .description(
      'Reports every mistake in an experiment file with its line: syntax, unknown keys, values out of range, degrees ' +
        'that cut units off, files and arrays that are not there. Exit code 1 if there are errors.',
    )
    .argument('<experiment>', 'experiment file (*.lens.json)')
    .addOption(
      jsonOption('write a JSON array of problems: severity, message, path, line, column, offset, length, source'),
    )
    .action(async (experiment: string, { json }: { json?: true }) => {
      const file = await experimentPath(experiment);
      const text = await readFile(file, 'utf8');
      const problems = checkExperiment(text, await factsOfFiles(text, file, describeFile));
      if (problems.some(({ severity }) => severity === 'error')) process.exitCode = 1;
      if (json) return printJson(problems);
      const shown = relative(process.cwd(), file) || file;
      for (const { line, column, severity, message } of problems)
        print(`${shown}:${line}:${column}: ${severity}: ${message}`);
      if (problems.length === 0) print(`${shown}: no problems`);
    });
}
