import type { DataSource } from 'typeorm';
import { NodeWatch, type WatchedNode } from '#app';
import { idOf, type NodeId } from '#core';
import { storableText } from '../storable.js';

interface Row {
  id: string;
  name: string;
  address: string;
  ssh_port: number;
  host_key: string | null;
  alive: boolean;
  probe_failures: number;
  probe_says: string;
}

export class PgNodeWatch extends NodeWatch {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async due(): Promise<WatchedNode[]> {
    const rows = (await this.dataSource.query(
      `SELECT id, name, address, ssh_port, host_key, alive, probe_failures, probe_says FROM nodes
       WHERE probed AND NOT system AND address IS NOT NULL ORDER BY probed_at NULLS FIRST, id`,
    )) as Row[];
    return rows.map((row) => ({
      reach: {
        nodeId: idOf(row.id),
        name: row.name,
        address: row.address,
        sshPort: row.ssh_port,
        hostKey: row.host_key,
      },
      alive: row.alive,
      failures: row.probe_failures,
      says: row.probe_says,
    }));
  }

  override async note(nodeId: NodeId, seen: { failures: number; says: string; hostKey: string | null }): Promise<void> {
    // A key that was pinned meanwhile stays.
    await this.dataSource.query(
      `UPDATE nodes SET probe_failures = $2, probe_says = $3, probed_at = now(), host_key = coalesce(host_key, $4) WHERE id = $1`,
      [nodeId, seen.failures, storableText(seen.says), seen.hostKey],
    );
  }
}
