import { parseArgs } from 'node:util';
import type { Families } from './machine/admin-network.js';
import { FIRMWARES, type Firmware } from './machine/order.js';

/** What the nodes of a lab are. */
export type LabKind = 'machines' | 'containers' | 'simulated' | 'cloud';

/** What `npm run lab -- …` can be told. */
export interface LabArguments {
  readonly kind: LabKind;
  readonly nodes: number;
  readonly firmware: Firmware | 'mixed';
  readonly families: Families;
  /** Take everything down again at the end. */
  readonly exit: boolean;
  /** Take down what an earlier run left, and do nothing else. */
  readonly down: boolean;
  /** Cut the power of a node in the middle, and give it back. */
  readonly kill: boolean;
  /** A first start with machines beside it that are off: all else is for a person to do. */
  readonly byHand: boolean;
  readonly port: number | null;
  /** Of a cloud: the file in deploy/lab/cloud that says which node has which roles. */
  readonly flavour: string;
  /** Of a cloud: the guideline it is tested against, as a file; null takes the profile that is shipped. */
  readonly guideline: string | null;
  /** Of a cloud: the programs of the guideline, by name; none take those that the flavour is for. */
  readonly programs: readonly string[];
  /** Of a cloud: false leaves out the tests. */
  readonly certify: boolean;
}

/** A balancer and two servers behind it. */
const NODES_MIN = 3;
/** As many machines of either firmware. */
const MACHINES = 4;
const NODES_MAX = { machines: 40, containers: 50, simulated: 50, cloud: 50 } as const;

export const USAGE = `npm run lab -- [--nodes N] [--firmware F] [--ip V] [--kill] [--containers | --simulated] [--port P] [--exit | --down]
npm run lab -- --by-hand [--nodes N] [--firmware F] [--port P]
npm run lab -- --cloud [--flavour NAME] [--guideline FILE] [--program NAME]… [--no-certify] [--port P] [--exit]
  --nodes N      ${NODES_MIN} to ${NODES_MAX.machines}; ${MACHINES} machines, or ${NODES_MIN} nodes of another kind, when absent
  --firmware F   of machines: ${FIRMWARES.join(', ')}, or mixed, which is BIOS and UEFI in turn; mixed when absent
  --ip V         of their network: 4, 6 or dual; dual when absent
  --containers   nodes that are containers: no firmware, nothing is installed
  --simulated    nodes that exist in the database alone, with the test jig
  --cloud        containers that end as an OpenStack cloud, which is tested against a guideline
  --flavour NAME which node of the cloud has which roles: all-in-one when absent, see deploy/lab/cloud
  --guideline F  the guideline, as a JSON file; the profile that comes with Anneal when absent
  --program NAME one of its programs; all that the flavour can be tested for when absent
  --no-certify   leave the tests out
  --by-hand      a first start, with machines beside it that are off: the install wizard and you do the rest
  --kill         cut the power of one node in the middle, and give it back
  --port P       of UI and API; ANNEAL_PORT, else 7700, when absent
  --exit         take everything down again at the end
  --down         take down what an earlier run left running`;

/** Reads the command line; throws with a sentence where it makes no sense. */
export const readArguments = (argv: readonly string[]): LabArguments => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      nodes: { type: 'string' },
      firmware: { type: 'string', default: 'mixed' },
      ip: { type: 'string', default: 'dual' },
      containers: { type: 'boolean', default: false },
      simulated: { type: 'boolean', default: false },
      exit: { type: 'boolean', default: false },
      down: { type: 'boolean', default: false },
      kill: { type: 'boolean', default: false },
      'by-hand': { type: 'boolean', default: false },
      port: { type: 'string' },
      cloud: { type: 'boolean', default: false },
      flavour: { type: 'string', default: 'all-in-one' },
      guideline: { type: 'string' },
      program: { type: 'string', multiple: true, default: [] },
      'no-certify': { type: 'boolean', default: false },
    },
  });
  const kinds = (['containers', 'simulated', 'cloud'] as const).filter((each) => values[each]);
  if (kinds.length > 1) throw new Error(`--${kinds.join(' and --')} are two kinds of nodes: give one`);
  const kind: LabKind = kinds[0] ?? 'machines';
  if (!/^[a-z0-9-]+$/.test(values.flavour)) throw new Error('--flavour takes the name of a file in deploy/lab/cloud');
  const byHand = values['by-hand'];
  if (byHand && (kind !== 'machines' || values.exit || values.kill))
    throw new Error('--by-hand is for machines, and leaves all else to you: leave the other options out');
  const least = byHand ? 1 : NODES_MIN;
  const nodes = Number(values.nodes ?? (kind === 'machines' ? MACHINES : NODES_MIN));
  if (!Number.isInteger(nodes) || nodes < least || nodes > NODES_MAX[kind])
    throw new Error(`--nodes takes a whole number from ${least} to ${NODES_MAX[kind]}`);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && (!Number.isInteger(port) || port < 1 || port > 65_535))
    throw new Error('--port takes a number from 1 to 65535');
  const firmware = oneOf('--firmware', values.firmware, [...FIRMWARES, 'mixed'] as const);
  const families = oneOf('--ip', values.ip, ['4', '6', 'dual'] as const);
  return {
    ...{ kind, nodes, firmware, families, exit: values.exit, down: values.down, kill: values.kill, byHand, port },
    ...{
      flavour: values.flavour,
      guideline: values.guideline ?? null,
      programs: values.program,
      certify: !values['no-certify'],
    },
  };
};

const oneOf = <Word extends string>(option: string, said: string, words: readonly Word[]): Word => {
  const word = words.find((each) => each === said);
  if (word === undefined) throw new Error(`${option} takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
  return word;
};

/** The firmware of each of so many machines. */
export const firmwares = (firmware: Firmware | 'mixed', count: number): Firmware[] =>
  Array.from({ length: count }, (_, at) => (firmware === 'mixed' ? (at % 2 === 0 ? 'bios' : 'uefi') : firmware));
