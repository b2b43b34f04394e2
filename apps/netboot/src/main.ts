import { JsonLog } from '#log';
import { endWithSupervisor, openHome, readableStacks, reportReady, settingsFromSupervisor, untilTold } from '#runtime';
import { startNetboot } from './netboot.js';
import { readSettings } from './settings.js';

/**
 * The netboot process: DHCP, router advertisements, DNS, TFTP and HTTP boot, answered from its own copy of the boot
 * view. Settings come from the environment (docs/ports.md lists them). It ends within its deadline on SIGTERM, and when
 * the supervisor that started it has vanished.
 */
/** Milliseconds after which a stop that hangs is no longer waited for. */
const END_WITHIN_MS = 9_000;

const main = async (): Promise<void> => {
  readableStacks();
  endWithSupervisor();
  await settingsFromSupervisor();
  const log = new JsonLog((process.env['ANNEAL_LOG'] as 'info' | undefined) ?? 'info');
  const netboot = await startNetboot(readSettings(process.env), openHome().path, log);
  log.info('netboot is up', { control: netboot.controlUrl });
  reportReady();
  const signal = await untilTold();
  log.info('netboot stops', { signal });
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
  await netboot.stop();
  process.exit(0);
};

main().catch((error: unknown) => {
  new JsonLog().error('netboot could not go on', error);
  process.exit(1);
});
