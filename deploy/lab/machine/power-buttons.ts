import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, openHome } from '#runtime';
import { ApiProblem, LabApi } from '../api.js';
import type { LabMachine } from './lab-machine.js';
import { openMachineLabs } from './machine-lab.js';
import { registerSecure } from './machine-site.js';

/**
 * The power buttons of the machines of this home's lab, for the server beside them: `list` tells of all, `start NAME` presses
 * one, each in JSON. A program, because nothing of a lab goes on beside its machines. Exit code 3: there is no such machine.
 */
const UNKNOWN_EXIT = 3;

const main = async ([verb, name]: readonly string[]): Promise<void> => {
  const machines = (await openMachineLabs()).flatMap((lab) => lab.machines);
  if (verb === 'list') return answer(await Promise.all(machines.map(told)));
  if (verb !== 'start') throw new Error('power-buttons list, or power-buttons start NAME');
  const machine = machines.find((each) => each.name === name);
  if (!machine) {
    process.exitCode = UNKNOWN_EXIT;
    return;
  }
  if (machine.order.firmware === 'secure') await makeKnown(machine);
  await machine.powerOn();
  answer(await told(machine));
};

const told = async (machine: LabMachine) => ({
  name: machine.name,
  firmware: machine.order.firmware,
  mac: machine.mac,
  on: await machine.isRunning(),
});

/** What nobody knows gets a loader without a signature, which firmware with secure boot refuses. */
const makeKnown = async (machine: LabMachine): Promise<void> => {
  const home = openHome();
  const address = addressOf(home);
  if (address === null) return;
  const api = new LabApi(address, (await readFile(join(home.path, 'admin-token'), 'utf8')).trim());
  await registerSecure(api, machine).catch((cause: unknown) => {
    if (!(cause instanceof ApiProblem) || cause.code !== 'already-exists') throw cause;
  });
};

const answer = (what: unknown): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
