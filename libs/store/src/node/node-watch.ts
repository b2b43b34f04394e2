import type { DataSource } from 'typeorm';
import { NodeWatch, type WatchedNode } from '#app';
import { idOf } from '#core';
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
  boot_session_id: string | null;
}

export class PgNodeWatch extends NodeWatch {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async due(): Promise<WatchedNode[]> {
    const rows = (await this.dataSource.query(
      `SELECT id, name, address, ssh_port, host_key, alive, probe_failures, probe_says, boot_session_id FROM nodes
       WHERE probed AND NOT system AND address IS NOT NULL AND retirement <> 'done' ORDER BY probed_at NULLS FIRST, id`,
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
      bootSessionId: row.boot_session_id === null ? null : idOf(row.boot_session_id),
    }));
  }

  override async note(
    node: WatchedNode,
    seen: { failures: number; says: string; hostKey: string | null },
  ): Promise<void> {
    // A key that was pinned meanwhile stays.
    await this.dataSource.query(
      `UPDATE nodes SET probe_failures = $2, probe_says = $3, probed_at = now(), host_key = coalesce(host_key, $4)
       WHERE id = $1 AND boot_session_id IS NOT DISTINCT FROM $5::uuid`,
      [node.reach.nodeId, seen.failures, storableText(seen.says), seen.hostKey, node.bootSessionId],
    );
  }
}
