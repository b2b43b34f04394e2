import type { PoolClient } from 'pg';
import type { BmcProtocol, BmcRecord, BmcStore, BmcView } from '#app';
import { idOf, type NodeId } from '#core';

interface BmcRow {
  node_id: string;
  address: string;
  protocols: BmcProtocol[];
  redfish_port: number;
  ipmi_port: number;
  cipher_suite: number;
  user_name: string;
  certificate: string | null;
  system_path: string | null;
  origin: 'operator' | 'configured';
  verified_at: Date | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `node_id, host(address) AS address, protocols, redfish_port, ipmi_port, cipher_suite, user_name, certificate,
  system_path, origin, verified_at, version, created_at, updated_at`;

const toView = (row: BmcRow): BmcView => ({
  nodeId: idOf(row.node_id),
  address: row.address,
  protocols: row.protocols,
  redfishPort: row.redfish_port,
  ipmiPort: row.ipmi_port,
  cipherSuite: row.cipher_suite,
  user: row.user_name,
  certificate: row.certificate,
  system: row.system_path,
  origin: row.origin,
  verifiedAt: row.verified_at,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** BMCs of nodes. The password's column is read by `sealed` and `allSealed` alone. */
export class PgBmcStore implements BmcStore {
  constructor(private readonly client: PoolClient) {}

  async find(node: NodeId, options: { readonly lock?: boolean } = {}): Promise<BmcView | null> {
    const { rows } = await this.client.query<BmcRow>(
      `SELECT ${COLUMNS} FROM bmcs WHERE node_id = $1 ${options.lock ? 'FOR UPDATE' : ''}`,
      [node],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  async sealed(node: NodeId): Promise<string | null> {
    const { rows } = await this.client.query<{ password: string }>('SELECT password FROM bmcs WHERE node_id = $1', [
      node,
    ]);
    return rows[0]?.password ?? null;
  }

  async put(record: BmcRecord): Promise<void> {
    await this.client.query(
      `INSERT INTO bmcs (node_id, address, protocols, redfish_port, ipmi_port, cipher_suite, user_name, password, certificate,
         system_path, origin, verified_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $12 THEN now() END)
       ON CONFLICT (node_id) DO UPDATE SET address = excluded.address, protocols = excluded.protocols,
         redfish_port = excluded.redfish_port, ipmi_port = excluded.ipmi_port, cipher_suite = excluded.cipher_suite,
         user_name = excluded.user_name, password = excluded.password, certificate = excluded.certificate,
         system_path = excluded.system_path, origin = excluded.origin, verified_at = excluded.verified_at,
         version = bmcs.version + 1, updated_at = now()`,
      [
        record.nodeId,
        record.address,
        [...record.protocols],
        record.redfishPort,
        record.ipmiPort,
        record.cipherSuite,
        record.user,
        record.password ?? (await this.sealed(record.nodeId)),
        record.certificate,
        record.system,
        record.origin,
        record.verified,
      ],
    );
  }

  async delete(node: NodeId): Promise<void> {
    await this.client.query('DELETE FROM bmcs WHERE node_id = $1', [node]);
  }

  async pin(node: NodeId, certificate: string): Promise<boolean> {
    const { rowCount } = await this.client.query(
      `UPDATE bmcs SET certificate = $2, version = version + 1, updated_at = now()
       WHERE node_id = $1 AND (certificate IS NULL OR certificate = $2)`,
      [node, certificate],
    );
    return rowCount === 1;
  }

  async noteLogin(node: NodeId): Promise<void> {
    await this.client.query('UPDATE bmcs SET verified_at = now() WHERE node_id = $1 AND verified_at IS NULL', [node]);
  }

  async sharedWith(record: BmcRecord): Promise<string | null> {
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT n.name FROM bmcs b JOIN nodes n ON n.id = b.node_id
       WHERE b.address = $1 AND b.redfish_port = $2 AND b.ipmi_port = $3 AND coalesce(b.system_path, '') = coalesce($4, '')
         AND b.node_id <> $5 LIMIT 1`,
      [record.address, record.redfishPort, record.ipmiPort, record.system, record.nodeId],
    );
    return rows[0]?.name ?? null;
  }

  async allSealed(): Promise<readonly { readonly nodeId: NodeId; readonly password: string }[]> {
    const { rows } = await this.client.query<{ node_id: string; password: string }>(
      'SELECT node_id, password FROM bmcs ORDER BY node_id FOR UPDATE',
    );
    return rows.map((row) => ({ nodeId: idOf<NodeId>(row.node_id), password: row.password }));
  }

  async reseal(node: NodeId, password: string): Promise<void> {
    await this.client.query('UPDATE bmcs SET password = $2 WHERE node_id = $1', [node, password]);
  }
}
