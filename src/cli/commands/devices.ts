/** `lens devices`: what can be computed on here, and why not the rest. */
import { Command } from 'commander';
import { memoryText, stateText, timingText } from '../../protocol/deviceWords.ts';
import { deviceReports } from '../../worker/devices.ts';
import { jsonOption } from '../options.ts';
import { print, printJson, table } from '../output.ts';

export function devicesCommand(): Command {
  return new Command('devices')
    .summary('list the backends of this machine')
    .description('Lists what the engine can compute on here; for what is not available, the reason.')
    .addOption(
      jsonOption('write a JSON array: name, available, version, device, reason, memoryBytes, software, timing'),
    )
    .action(async ({ json }: { json?: true }) => {
      const devices = await deviceReports();
      if (json) return printJson(devices);
      const rows = devices.map((report) => [
        report.name,
        stateText(report),
        report.memoryBytes === null ? '-' : memoryText(report.memoryBytes),
        report.version ?? '-',
        (report.available ? report.device : report.reason) ?? '',
      ]);
      print(table([['BACKEND', 'STATE', 'MEMORY', 'VERSION', 'DEVICE, OR WHY NOT'], ...rows], [2]));
      const timed = devices.flatMap(({ name, timing }) =>
        timing ? [[name, timingText(timing), timing.title, timing.measured.slice(0, 10)]] : [],
      );
      if (timed.length > 0) print(`\n${table([['BACKEND', 'LAST TIMING', 'OF', 'ON'], ...timed])}`);
    });
}
