import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT } from '#runtime';
import { command, succeeds } from '../command.js';
import { namespacePath, processesIn } from '../namespace.js';
import type { LabMachine } from './lab-machine.js';

/**
 * The management controller of a machine, on an address of its own on the wire, with the machine's power behind it: OpenIPMI's
 * simulator, or the Redfish service that the tests use. It lives in the wire's namespace and goes with it. Passwords are in
 * files for the owner alone, never among the words of a command.
 */
export interface Bmc {
  readonly kind: BmcKind;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The certificate that the service made for itself, PEM; null for IPMI. */
  readonly certificate: string | null;
}
export type BmcKind = 'ipmi' | 'redfish';

/** Products whose odd habits the Redfish services of a lab have, one after the other: no two vendors mean quite the same. */
export const PRODUCTS_PLAYED = ['dell', 'hpe', 'supermicro', 'ami', 'lenovo'] as const;
export type ProductPlayed = (typeof PRODUCTS_PLAYED)[number];

const IPMI_PORT = 623;
const REDFISH_PORT = 443;
const USER = 'admin';
/** A service is a Node program, which takes seconds to start where many machines begin at once. */
const READY_MS = 30_000;
const POLL_MS = 50;

/**
 * Starts the BMC of a machine and returns how it is reached. The address must be on the wire already. `product` is whose
 * habits a Redfish service has.
 */
export async function startBmc(
  kind: BmcKind,
  machine: LabMachine,
  address: string,
  product: ProductPlayed,
): Promise<Bmc> {
  const folder = join(machine.folder, 'bmc');
  await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 });
  // IPMI 2.0 has room for twenty characters.
  const password = randomBytes(9).toString('base64url');
  const bmc =
    kind === 'ipmi'
      ? await startIpmi(machine, folder, { address, password })
      : await startRedfish(machine, folder, { address, password }, product);
  await writeFile(join(folder, 'bmc.json'), `${JSON.stringify(bmc, null, 2)}\n`, { mode: 0o600 });
  return bmc;
}

interface Login {
  readonly address: string;
  readonly password: string;
}

async function startIpmi(machine: LabMachine, folder: string, login: Login): Promise<Bmc> {
  const bmc: Bmc = { ...login, kind: 'ipmi', port: IPMI_PORT, user: USER, certificate: null };
  await writeFile(join(folder, 'lan.conf'), lanConf(machine, bmc), { mode: 0o600 });
  await writeFile(join(folder, 'commands'), COMMANDS);
  await writeFile(join(folder, 'password'), login.password, { mode: 0o600 });
  const argv = ['-n', '-c', join(folder, 'lan.conf'), '-f', join(folder, 'commands'), '-s', join(folder, 'state')];
  await startIn(machine.order.namespace, folder, 'ipmi_sim', argv);
  const inside = `--net=${namespacePath(machine.order.namespace)}`;
  const ask = ['-I', 'lanplus', '-C', '3', '-N', '1', '-R', '1', '-H', bmc.address, '-U', USER];
  const argvAsk = [inside, 'ipmitool', ...ask, '-f', join(folder, 'password'), 'mc', 'guid'];
  await untilAnswers(machine, bmc, async () => {
    const there = (await processesIn(machine.order.namespace)).length > 0;
    return there && (await succeeds('nsenter', argvAsk));
  });
  return bmc;
}

async function startRedfish(machine: LabMachine, folder: string, login: Login, product: ProductPlayed): Promise<Bmc> {
  const settings = join(folder, 'settings.json');
  const { uuid } = machine.order;
  const place = { address: login.address, port: REDFISH_PORT, user: USER };
  await writeFile(
    settings,
    `${JSON.stringify({ ...place, password: login.password, uuid, product, chassis: chassisCommand(machine) })}\n`,
    { mode: 0o600 },
  );
  const program = join(CHECKOUT, 'dist/libs/testkit/src/redfish/program.js');
  await startIn(machine.order.namespace, folder, process.execPath, [program, settings]);
  // It writes its key before it listens, and says so in one line then.
  await untilAnswers(machine, { ...place, kind: 'redfish' }, async () => /"certificate":/.test(await outputOf(folder)));
  const identity = JSON.parse(await readFile(`${settings}.identity`, 'utf8')) as { certificate: string };
  return { ...place, kind: 'redfish', password: login.password, certificate: identity.certificate };
}

/** The BMC that a machine was given; null when it has none. */
export async function bmcOf(machine: LabMachine): Promise<Bmc | null> {
  const text = await readFile(join(machine.folder, 'bmc', 'bmc.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Bmc);
}

/** The words that make a BMC act on its machine: a program and its first arguments. */
export const chassisCommand = (machine: LabMachine): readonly string[] => [
  process.execPath,
  join(CHECKOUT, 'dist/deploy/lab/machine/chassis.js'),
  machine.folder,
];

/** Starts a program in the wire's namespace that outlives us; what it says is in the folder. */
export async function startIn(
  namespace: string,
  folder: string,
  program: string,
  argv: readonly string[],
): Promise<void> {
  const output = await open(join(folder, 'output.log'), 'a', 0o600);
  try {
    const words = [`--net=${namespacePath(namespace)}`, program, ...argv];
    const child = spawn('nsenter', words, { cwd: folder, detached: true, stdio: ['ignore', output.fd, output.fd] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
  } finally {
    await output.close();
  }
}

async function untilAnswers(
  machine: LabMachine,
  { kind, address }: Pick<Bmc, 'kind' | 'address'>,
  answers: () => Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end; await pause(POLL_MS)) if (await answers()) return;
  const said = await outputOf(join(machine.folder, 'bmc'));
  throw new Error(`the BMC (${kind}) of ${machine.name} does not answer at ${address}: ${said.trim().slice(-500)}`);
}

const outputOf = (folder: string): Promise<string> => readFile(join(folder, 'output.log'), 'utf8').catch(() => '');

/** Puts an address of a BMC on the wire. */
export const addAddress = (namespace: string, address: string): Promise<string> =>
  command('ip', ['-netns', namespace, 'addr', 'add', `${address}/24`, 'dev', 'bridge0']);

const lanConf = (machine: LabMachine, { address, password }: Bmc): string => `name "${machine.name}"
set_working_mc 0x20
  startlan 1
    addr ${address} ${IPMI_PORT}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid ${machine.order.uuid.replaceAll('-', '')}
  endlan
  chassis_control "${[...chassisCommand(machine), '0x20'].join(' ')}"
  user 1 false "" "" user 10 none md2 md5 straight
  user 2 true "${USER}" "${password}" admin 10 none md2 md5 straight
`;

const COMMANDS = `mc_setbmc 0x20
mc_add 0x20 0 has-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;
