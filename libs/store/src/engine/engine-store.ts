import type { PoolClient } from 'pg';
import type {
  Changed,
  Claim,
  Claimed,
  EngineStore,
  FirstLook,
  Lease,
  NewsRange,
  Settled,
  Standing,
  Ticket,
} from '#app';
import { idOf, type DeploymentId, type EventDraft, type NodeId, type NodeRoleId } from '#core';
import { rowsOf, statement } from '../sql.js';
import { claim } from './claim.js';
import { newAttempts } from './new-attempts.js';
import { settle } from './settle.js';
import { STANDING_COLUMNS, toStanding, type StandingRow } from './standing.js';

const HOLD_LEASE = statement(
  'engine.hold-lease',
  `SELECT c.last FROM leases l, event_counter c WHERE l.name = $1 AND l.holder = $2 AND l.epoch = $3 FOR UPDATE OF l`,
);

/** With them come children that are to be run again: a parent that ended may be what they waited for. */
const STANDINGS = statement(
  'engine.standings',
  `SELECT ${STANDING_COLUMNS} FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id
   WHERE nr.id = ANY(ARRAY(
     SELECT unnest($1::uuid[]) UNION
     SELECT c.id FROM node_role_edges e JOIN node_roles c ON c.id = e.child_id WHERE e.parent_id = ANY($1::uuid[]) AND c.state = 0 AND c.dirty))`,
);
/** Only what may matter to a leader: what runs, and what asks for a run. */
const STANDINGS_ALL = statement(
  'engine.standings-all',
  `SELECT ${STANDING_COLUMNS} FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id WHERE nr.state IN (1, 2) OR (nr.state = 0 AND nr.dirty)`,
);
const NODE_COLUMNS = `id, (alive OR system) AND available AND frozen = 0 AS open`;
const NODES = statement('engine.nodes', `SELECT ${NODE_COLUMNS} FROM nodes WHERE id = ANY($1::uuid[])`);
const NODES_ALL = statement('engine.nodes-all', `SELECT ${NODE_COLUMNS} FROM nodes`);
const DEPLOYMENT_COLUMNS = `id, state = 'committed' AS committed, priority`;
const DEPLOYMENTS = statement(
  'engine.deployments',
  `SELECT ${DEPLOYMENT_COLUMNS} FROM deployments WHERE id = ANY($1::uuid[])`,
);
const DEPLOYMENTS_ALL = statement('engine.deployments-all', `SELECT ${DEPLOYMENT_COLUMNS} FROM deployments`);
const LAST_EVENT = statement('engine.last-event', `SELECT last FROM event_counter`);
const NEWS = statement(
  'engine.news',
  `SELECT array_agg(DISTINCT node_role_id) FILTER (WHERE node_role_id IS NOT NULL) AS node_roles,
          array_agg(DISTINCT node_id) FILTER (WHERE node_role_id IS NULL OR kind LIKE '%.error' OR kind = 'node_role.unbound' OR data->>'from' = 'error') AS nodes,
          array_agg(DISTINCT deployment_id) FILTER (WHERE node_role_id IS NULL) AS deployments
   FROM events WHERE seq BETWEEN $1 AND $2`,
);

interface NodeRow {
  id: string;
  open: boolean;
}
interface DeploymentRow {
  id: string;
  committed: boolean;
  priority: number;
}
const toNode = (row: NodeRow) => ({ id: idOf<NodeId>(row.id), open: row.open });
const toDeployment = (row: DeploymentRow) => ({ ...row, id: idOf<DeploymentId>(row.id) });

export class PgEngineStore implements EngineStore {
  constructor(
    private readonly client: PoolClient,
    private readonly tell: (event: EventDraft) => void,
    /** The transaction's BEGIN, which may be on its way yet. */
    private readonly begun: Promise<unknown>,
  ) {}

  async holdLease(lease: Lease): Promise<number | null> {
    const held = rowsOf<{ last: string }>(this.client, HOLD_LEASE, [lease.name, lease.holder, lease.epoch]);
    const [, [row]] = await Promise.all([this.begun, held]);
    return row ? Number(row.last) : null;
  }

  settle(tickets: readonly Ticket[]): Promise<Settled> {
    return settle(this.client, this.tell, this.begun, tickets);
  }

  claim(claims: readonly Claim[], worker?: string): Promise<Claimed[]> {
    return claim(this.client, this.tell, claims, worker ?? null);
  }

  newAttempts(tickets: readonly Ticket[]): Promise<Ticket[]> {
    return newAttempts(this.client, this.tell, tickets);
  }

  async standings(ids: readonly NodeRoleId[]): Promise<Standing[]> {
    if (ids.length === 0) return [];
    return (await rowsOf<StandingRow>(this.client, STANDINGS, [ids])).map(toStanding);
  }

  async nodes(ids: readonly NodeId[]): Promise<FirstLook['nodes']> {
    if (ids.length === 0) return [];
    return (await rowsOf<NodeRow>(this.client, NODES, [ids])).map(toNode);
  }

  async deployments(ids: readonly DeploymentId[]): Promise<FirstLook['deployments']> {
    if (ids.length === 0) return [];
    return (await rowsOf<DeploymentRow>(this.client, DEPLOYMENTS, [ids])).map(toDeployment);
  }

  async firstLook(): Promise<FirstLook> {
    // The position is read first: an event that comes in between is read once more, which is harmless.
    const position = await this.lastEvent();
    const standings = await rowsOf<StandingRow>(this.client, STANDINGS_ALL, []);
    const nodes = await rowsOf<NodeRow>(this.client, NODES_ALL, []);
    const deployments = await rowsOf<DeploymentRow>(this.client, DEPLOYMENTS_ALL, []);
    return {
      position,
      standings: standings.map(toStanding),
      nodes: nodes.map(toNode),
      deployments: deployments.map(toDeployment),
    };
  }

  async news(range: NewsRange): Promise<Changed> {
    const [row] = await rowsOf<{
      node_roles: string[] | null;
      nodes: (string | null)[] | null;
      deployments: (string | null)[] | null;
    }>(this.client, NEWS, [range.first, range.last]);
    const ids = (list: readonly (string | null)[] | null | undefined): string[] =>
      (list ?? []).filter((id): id is string => id !== null);
    return {
      position: range.last,
      nodeRoleIds: ids(row?.node_roles).map((id) => idOf<NodeRoleId>(id)),
      nodeIds: ids(row?.nodes).map((id) => idOf<NodeId>(id)),
      deploymentIds: ids(row?.deployments).map((id) => idOf<DeploymentId>(id)),
    };
  }

  private async lastEvent(): Promise<number> {
    const [row] = await rowsOf<{ last: string }>(this.client, LAST_EVENT, []);
    return Number(row?.last ?? 0);
  }
}
