import type { PoolClient } from 'pg';
import { codeOf, type NodeRole } from '#core';
import { rowsOf, statement, type Statement } from '../sql.js';
import { storableText } from '../storable.js';

interface Column {
  readonly name: string;
  readonly type: string;
  /** How the column is set from `n`, when not plainly. */
  readonly set?: string;
  readonly value: (nodeRole: NodeRole) => unknown;
}

/** What the rules may change of a noderole, and the column it stands in. */
const COLUMNS: Readonly<Partial<Record<keyof NodeRole, Column>>> = {
  deploymentId: { name: 'deployment_id', type: 'uuid', value: ({ deploymentId }) => deploymentId },
  state: {
    name: 'state',
    type: 'smallint',
    set: 'state = n.state, state_since = CASE WHEN nr.state = n.state THEN nr.state_since ELSE now() END',
    value: ({ state }) => codeOf(state),
  },
  cohort: { name: 'cohort', type: 'int', value: ({ cohort }) => cohort },
  unmet: { name: 'unmet', type: 'int', value: ({ unmet }) => unmet },
  doubted: { name: 'doubted', type: 'bool', value: ({ doubted }) => doubted },
  rerun: { name: 'rerun', type: 'bool', value: ({ rerun }) => rerun },
  dirty: { name: 'dirty', type: 'bool', value: ({ dirty }) => dirty },
  kept: { name: 'kept', type: 'bool', value: ({ kept }) => kept },
  held: { name: 'held', type: 'bool', value: ({ held }) => held },
  available: { name: 'available', type: 'bool', value: ({ available }) => available },
  runCount: { name: 'run_count', type: 'int', value: ({ runCount }) => runCount },
  failures: { name: 'failures', type: 'int', value: ({ failures }) => failures },
  notBefore: {
    name: 'not_before',
    type: 'float8',
    set: 'not_before = to_timestamp(n.not_before / 1000)',
    value: ({ notBefore }) => notBefore,
  },
  runId: { name: 'run_id', type: 'uuid', value: ({ runId }) => runId },
  status: { name: 'status', type: 'text', value: ({ status }) => storableText(status) },
};

/** One statement for each set of columns that decisions change together; there are a few dozen. */
const statements = new Map<string, Statement>();

const statementFor = (columns: readonly Column[]): Statement => {
  const names = columns.map(({ name }) => name).join('.');
  let known = statements.get(names);
  if (!known) {
    const arrays = columns.map(({ type }, index) => `$${index + 2}::${type}[]`);
    const set = columns.map(({ name, set: how }) => how ?? `${name} = n.${name}`);
    known = statement(
      `graph.save.${statements.size}`,
      `UPDATE node_roles nr SET ${set.join(', ')}, version = nr.version + 1
       FROM unnest(${['$1::uuid[]', ...arrays].join(', ')}) AS n(${['id', ...columns.map(({ name }) => name)].join(', ')}) WHERE nr.id = n.id`,
    );
    statements.set(names, known);
  }
  return known;
};

/**
 * Writes noderoles as a decision left them, in one statement that carries only what the decision changed anywhere: a
 * commit of 20,000 changes their states, and neither sends nor reads a dozen columns more.
 */
export const saveNodeRoles = async (
  client: PoolClient,
  nodeRoles: readonly NodeRole[],
  changed: ReadonlySet<string>,
): Promise<void> => {
  const columns = Object.entries(COLUMNS)
    .filter(([key]) => changed.has(key))
    .map(([, column]) => column);
  if (nodeRoles.length === 0 || columns.length === 0) return;
  await rowsOf(client, statementFor(columns), [
    nodeRoles.map(({ id }) => id),
    ...columns.map(({ value }) => nodeRoles.map(value)),
  ]);
};
