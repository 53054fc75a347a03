/** `lens devices`: what can be computed on here, and why not the rest. */
import { Command } from 'commander';
import { deviceReports } from '../../worker/devices.ts';
import { jsonOption } from '../options.ts';
import { print, printJson, table } from '../output.ts';

export function devicesCommand(): Command {
  return new Command('devices')
    .summary('list the backends of this machine')
    .description('Lists what the engine can compute on here; for what is not available, the reason.')
    .addOption(jsonOption('write a JSON array: name, available, version, device, reason'))
    .action(async ({ json }: { json?: true }) => {
      const devices = await deviceReports();
      if (json) return printJson(devices);
      const rows = devices.map(({ name, available, version, device, reason }) => [
        name,
        available ? 'available' : 'absent',
        available ? `${device ?? ''}, version ${version ?? '?'}` : (reason ?? ''),
      ]);
      print(table([['BACKEND', 'STATE', 'DETAILS'], ...rows]));
    });
}
