import { parseArgs } from 'node:util';

/** What `npm run lab -- …` can be told. */
export interface LabArguments {
  readonly nodes: number;
  /** Take everything down again at the end. */
  readonly exit: boolean;
  /** Take down what an earlier run left, and do nothing else. */
  readonly down: boolean;
  /** Cut the power of a node in the middle, and give it back. */
  readonly kill: boolean;
  /** Nodes that exist in the database alone, whatever the host can do. */
  readonly simulated: boolean;
  readonly port: number | null;
}

/** A balancer and two servers behind it. */
const NODES_MIN = 3;
const NODES_MAX = 50;

export const USAGE = `npm run lab -- [--nodes N] [--kill] [--simulated] [--port P] [--exit | --down]
  --nodes N     container nodes, ${NODES_MIN} to ${NODES_MAX}; ${NODES_MIN} when absent
  --kill        cut the power of one node in the middle, and give it back
  --simulated   nodes that exist in the database alone, with the test jig
  --port P      of UI and API; ANNEAL_PORT, else 7700, when absent
  --exit        take everything down again at the end
  --down        take down what an earlier run left running`;

/** Reads the command line; throws with a sentence where it makes no sense. */
export const readArguments = (argv: readonly string[]): LabArguments => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      nodes: { type: 'string', default: String(NODES_MIN) },
      exit: { type: 'boolean', default: false },
      down: { type: 'boolean', default: false },
      kill: { type: 'boolean', default: false },
      simulated: { type: 'boolean', default: false },
      port: { type: 'string' },
    },
  });
  const nodes = Number(values.nodes);
  if (!Number.isInteger(nodes) || nodes < NODES_MIN || nodes > NODES_MAX)
    throw new Error(`--nodes takes a whole number from ${NODES_MIN} to ${NODES_MAX}`);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && (!Number.isInteger(port) || port < 1 || port > 65_535))
    throw new Error('--port takes a number from 1 to 65535');
  return { nodes, exit: values.exit, down: values.down, kill: values.kill, simulated: values.simulated, port };
};
