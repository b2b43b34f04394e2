import type { PoolClient } from 'pg';
import { hideSecrets, type BootViewStore, type ViewEvent } from '#app';
import { idOf, type JsonObject, type NodeId, type ViewAddress, type ViewMachine } from '#core';
import { rowsOf, statement } from '../sql.js';

/**
 * A machine with everything of it that packets are answered from. Its UUID and whether it insists on signed loaders are
 * what its inventory told (`system.uuid`, `firmware.secure_boot`); roles are those that are bound to it.
 */
const SELECT = `SELECT n.id, n.name, d.name AS deployment, n.macs, n.bootenv, n.hints,
  n.inventory #>> '{system,uuid}' AS uuid, n.inventory #>> '{firmware,secure_boot}' AS secure_boot,
  ARRAY(SELECT r.name FROM node_roles nr JOIN roles r ON r.id = nr.role_id WHERE nr.node_id = n.id ORDER BY r.name) AS roles,
  (SELECT json_agg(json_build_object('network', w.name, 'range', g.name, 'family', family(a.address), 'address', host(a.address))
                   ORDER BY w.sort_order, w.name, a.address)
   FROM network_allocation a JOIN network w ON w.id = a.network_id JOIN network_range g ON g.id = a.range_id
   WHERE a.node_id = n.id) AS addresses,
  ARRAY(SELECT s.map FROM attribs s WHERE s.role_id IS NULL AND s.secret) AS secrets
  FROM nodes n JOIN deployments d ON d.id = n.deployment_id
  WHERE NOT n.system`;

const MACHINES = statement('bootView.machines', `${SELECT} AND n.id = ANY($1::uuid[])`);
const MACHINE_PAGE = statement(
  'bootView.machinePage',
  `${SELECT} AND n.id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY n.id LIMIT $2`,
);
const OF_DEPLOYMENT = statement('bootView.ofDeployment', `${SELECT} AND n.deployment_id = $1`);
const INSTALLATION = statement('bootView.installation', 'SELECT id FROM installation');
const LAST = statement('bootView.last', 'SELECT last FROM event_counter');
const EVENTS = statement(
  'bootView.events',
  `SELECT seq, at::text AS at, kind, node_id, deployment_id, data FROM events WHERE seq >= $1 ORDER BY seq LIMIT $2`,
);

interface MachineRow {
  id: string;
  name: string;
  deployment: string;
  macs: string[];
  bootenv: string;
  hints: JsonObject;
  uuid: string | null;
  secure_boot: string | null;
  roles: string[];
  addresses: ViewAddress[] | null;
  secrets: string[];
}

interface EventRow {
  seq: string;
  at: string;
  kind: string;
  node_id: string | null;
  deployment_id: string | null;
  data: JsonObject | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const toMachine = (row: MachineRow): ViewMachine => {
  const uuid = row.uuid?.toLowerCase() ?? '';
  return {
    node: idOf(row.id),
    name: row.name,
    deployment: row.deployment,
    roles: row.roles,
    macs: row.macs.map((mac) => mac.toLowerCase()),
    uuid: UUID.test(uuid) ? uuid : null,
    addresses: row.addresses ?? [],
    bootenv: row.bootenv,
    secureBoot: row.secure_boot === 'true',
    params: hideSecrets(row.hints, row.secrets),
  };
};

export class PgBootViewStore implements BootViewStore {
  constructor(private readonly client: PoolClient) {}

  async installation(): Promise<string> {
    const [row] = await rowsOf<{ id: string }>(this.client, INSTALLATION, []);
    return row?.id ?? '';
  }

  async lastEvent(): Promise<number> {
    const [row] = await rowsOf<{ last: string }>(this.client, LAST, []);
    return Number(row?.last ?? 0);
  }

  async eventsFrom(seq: number, limit: number): Promise<ViewEvent[]> {
    const rows = await rowsOf<EventRow>(this.client, EVENTS, [seq, limit]);
    return rows.map((row) => ({
      seq: Number(row.seq),
      at: row.at,
      kind: row.kind,
      nodeId: row.node_id === null ? null : idOf(row.node_id),
      deploymentId: row.deployment_id,
      data: row.data,
    }));
  }

  async machines(nodes: readonly NodeId[]): Promise<ViewMachine[]> {
    if (nodes.length === 0) return [];
    return (await rowsOf<MachineRow>(this.client, MACHINES, [nodes])).map(toMachine);
  }

  async machinePage(after: NodeId | null, limit: number): Promise<ViewMachine[]> {
    return (await rowsOf<MachineRow>(this.client, MACHINE_PAGE, [after, limit])).map(toMachine);
  }

  async machinesOfDeployment(deployment: string): Promise<ViewMachine[]> {
    return (await rowsOf<MachineRow>(this.client, OF_DEPLOYMENT, [deployment])).map(toMachine);
  }
}
