import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { LabArguments } from '../arguments.js';
import { firmwares } from '../arguments.js';
import type { Progress } from '../progress.js';
import type { Bmc } from './bmc.js';
import { buildImages, publishImages } from './images.js';
import type { LabMachine } from './lab-machine.js';
import { startMachineLab, type MachineLab } from './machine-lab.js';
import { MachineSite } from './machine-site.js';
import { installationOn } from './on-machines.js';

/**
 * A first start for a person: Anneal that knows nothing yet, on a wire with machines that are off. The lab says what a
 * new installation prints and what stands on the machines' labels, gives each its power when it is told to, and does
 * nothing else: the install wizard and the pages are what is tried here.
 */
export const byHand = async (options: LabArguments, progress: Progress): Promise<void> => {
  const say = (line: string): void => progress.say(line);
  const images = await buildImages(say);
  const machines = firmwares(options.firmware, options.nodes).map((firmware) => ({
    firmware,
    bmc: 'redfish' as const,
  }));
  const lab = await startMachineLab({ machines, keep: true, progress: say });
  const { api, home, address } = await installationOn(lab, 'dual', options.port);
  await publishImages(api, images);
  say(`Anneal is up at ${address}`);
  process.stdout.write(await invitation(lab, setupCode(home.path)));
  await giveThemPower(lab, new MachineSite(lab, api), say);
};

/** The one-time code for the first administrator; null once there is one. */
export const setupCode = (home: string): string | null => {
  const file = join(home, 'setup-code');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
};

const invitation = async (lab: MachineLab, code: string | null): Promise<string> => {
  const labels = await Promise.all(lab.machines.map(async (machine) => label(machine, await lab.bmc(machine))));
  const entered =
    code === null ? '  there is an administrator already: sign in' : `  one-time code                  ${code}`;
  return `
${entered}
  address of this host           ${lab.network.hostAddress}/24, on ${lab.interface}: the wizard asks for it
  images                         debian-12 and the discovery system are in place
  power                          at the end of the wizard, or here
${labels.join('\n')}
  take everything down           npm run lab -- --down

`;
};

const label = ({ name, order, mac }: LabMachine, bmc: Bmc | null): string =>
  `  ${name.padEnd(30)} ${order.firmware}, ${mac}` +
  (bmc === null ? '' : `, ${bmc.kind} at ${bmc.address}, user ${bmc.user}, password ${bmc.password}`);

/** One machine for each Enter, until all are on or nobody is there to press it. */
const giveThemPower = async (lab: MachineLab, site: MachineSite, say: (line: string) => void): Promise<void> => {
  const keys = createInterface({ input: process.stdin, output: process.stdout });
  const gone = new Promise<null>((resolve) => keys.once('close', () => resolve(null)));
  try {
    for (const machine of lab.machines) {
      const pressed = keys.question(`Enter switches ${machine.name} on, Ctrl-D leaves it off. `);
      if ((await Promise.race([pressed, gone])) === null) return;
      await site.switchOn(machine);
      say(`${machine.name} is on`);
    }
  } finally {
    keys.close();
  }
};
