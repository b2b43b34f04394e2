import { LabMachine } from './lab-machine.js';

/**
 * What a BMC of the lab does to its machine: `chassis FOLDER [DEVICE] get|set|check NAME VALUE…`, as ipmi_sim calls its
 * chassis command, and in plain words for others: `chassis FOLDER status|on|off|cycle|reset|soft|boot-network|boot-disk|boot-none`.
 * A program, because a BMC lives on when the lab's command has ended.
 */
const [folder = '', ...words] = process.argv.slice(2);
const BOOT = { none: 'none', pxe: 'network', default: 'disk' } as const;

const main = async (): Promise<void> => {
  const machine = await LabMachine.open(folder);
  const at = words.findIndex((word) => word === 'get' || word === 'set' || word === 'check');
  if (at < 0) return say(await plain(machine, words[0] ?? 'status'));
  const [verb, ...rest] = words.slice(at);
  if (verb === 'get') for (const name of rest) say(`${name}:${await value(machine, name)}`);
  if (verb === 'set')
    for (let pair = 0; pair + 1 < rest.length; pair += 2) await set(machine, rest[pair] ?? '', rest[pair + 1] ?? '');
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const value = async (machine: LabMachine, name: string): Promise<string> => {
  if (name === 'power') return (await machine.isRunning()) ? '1' : '0';
  if (name === 'boot') return { network: 'pxe', disk: 'default' }[(await machine.bootOnceWish()) as string] ?? 'none';
  return '0';
};

const set = async (machine: LabMachine, name: string, to: string): Promise<void> => {
  if (name === 'power') return to === '1' ? machine.powerOn() : machine.powerOff();
  if (name === 'reset') return machine.reset();
  if (name === 'shutdown') return machine.pressButton();
  if (name === 'boot') {
    const first = BOOT[to as keyof typeof BOOT] ?? 'none';
    return machine.bootOnce(first === 'none' ? null : first);
  }
};

const plain = async (machine: LabMachine, action: string): Promise<string> => {
  const acts: Record<string, () => Promise<void>> = {
    status: async () => undefined,
    on: () => machine.powerOn(),
    off: () => machine.powerOff(),
    cycle: () => machine.powerCycle(),
    reset: () => machine.reset(),
    soft: () => machine.pressButton(),
    'boot-network': () => machine.bootOnce('network'),
    'boot-disk': () => machine.bootOnce('disk'),
    'boot-none': () => machine.bootOnce(null),
  };
  const act = acts[action];
  if (!act) throw new Error(`a chassis knows ${Object.keys(acts).join(', ')}, not ${action}`);
  await act();
  return (await machine.isRunning()) ? 'on' : 'off';
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
