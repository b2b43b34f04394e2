import type { PoolClient } from 'pg';
import type { NetworkTarget, NodeNetworkRecords } from '#app';
import { familyOf, type NodeId, type WantedAttachment } from '#core';
import { rowsOf, statement } from '../sql.js';

const ATTACHMENTS = statement(
  'nodeNetworks.attachments',
  `SELECT w.name AS network, w.category, g.name AS range, coalesce(g.conduit, w.conduit) AS conduit,
     CASE WHEN coalesce(g.use_vlan, w.use_vlan) THEN coalesce(g.vlan, w.vlan) END AS vlan,
     CASE WHEN coalesce(g.use_team, w.use_team) THEN coalesce(g.team_mode, w.team_mode) END AS bond_mode,
     coalesce(g.use_bridge, w.use_bridge) AS bridge, w.mtu, w.pbr, host(a.address) || '/' || g.prefix_length AS address,
     host(t.address) AS router, t.pref, w.routes, w.domain,
     ARRAY(SELECT host(server) FROM unnest(w.name_servers) WITH ORDINALITY AS s (server, place) ORDER BY place) AS name_servers
   FROM network_allocation a
   JOIN network w ON w.id = a.network_id
   JOIN network_range g ON g.id = a.range_id
   JOIN node_roles nr ON nr.role_id = w.role_id AND nr.node_id = a.node_id
   LEFT JOIN network_router t ON t.network_id = w.id AND t.subnet = g.subnet
   WHERE a.node_id = $1 AND w.configure AND nr.state <> 4
   ORDER BY w.sort_order, w.name, a.address`,
);

const ACTIVE = statement(
  'nodeNetworks.active',
  `SELECT w.name FROM node_roles nr JOIN network w ON w.role_id = nr.role_id WHERE nr.node_id = $1 AND nr.state = 0 ORDER BY w.name`,
);

/** The few are chosen before their addresses are looked up: a network may have ten thousand nodes. */
const TARGETS = statement(
  'nodeNetworks.targets',
  `SELECT n.name AS node,
     ARRAY(SELECT host(a.address) FROM network_allocation a
           WHERE a.node_id = f.node_id AND a.network_id = f.network_id ORDER BY family(a.address) DESC, a.address) AS addresses
   FROM (SELECT nr.node_id, w.id AS network_id FROM network w JOIN node_roles nr ON nr.role_id = w.role_id
         WHERE w.name = $1 AND nr.state = 0 AND nr.node_id <> $2 ORDER BY nr.node_id LIMIT $3) f
   JOIN nodes n ON n.id = f.node_id ORDER BY n.name`,
);

interface AttachmentRow {
  network: string;
  category: string;
  range: string;
  conduit: string;
  vlan: number | null;
  bond_mode: number | null;
  bridge: boolean;
  mtu: number | null;
  pbr: string | null;
  address: string;
  router: string | null;
  pref: number | null;
  routes: { destination: string; via: string }[];
  domain: string;
  name_servers: string[];
}

/** A route and a name server belong to the addresses of their family; a link-local router is IPv6. */
const toAttachment = (row: AttachmentRow): WantedAttachment => {
  const family = familyOf(row.address);
  return {
    network: row.network,
    category: row.category,
    range: row.range,
    conduit: row.conduit,
    vlan: row.vlan,
    bondMode: row.bond_mode,
    bridge: row.bridge,
    mtu: row.mtu,
    policyTable: row.pbr,
    address: row.address,
    router: row.router === null ? null : { address: row.router, preference: row.pref ?? 0 },
    routes: row.routes.filter(({ via }) => familyOf(via) === family),
    nameServers: row.name_servers,
    domain: row.domain,
  };
};

export class PgNodeNetworkRecords implements NodeNetworkRecords {
  constructor(private readonly client: PoolClient) {}

  async attachments(nodeId: NodeId): Promise<WantedAttachment[]> {
    return (await rowsOf<AttachmentRow>(this.client, ATTACHMENTS, [nodeId])).map(toAttachment);
  }

  async active(nodeId: NodeId): Promise<string[]> {
    return (await rowsOf<{ name: string }>(this.client, ACTIVE, [nodeId])).map(({ name }) => name);
  }

  async targets(network: string, except: NodeId, limit: number): Promise<NetworkTarget[]> {
    return rowsOf<{ node: string; addresses: string[] }>(this.client, TARGETS, [network, except, limit]);
  }
}
