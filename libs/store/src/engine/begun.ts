import type { BegunRun } from '#app';
import { idOf, type JsonObject } from '#core';

/** Milliseconds that a run may take whose role says nothing; null when the setting says nothing either. Read once a statement. */
export const USUAL_TIMEOUT = `(SELECT nullif(max(value::bigint), 0) * 1000 FROM settings WHERE key = 'run_timeout_seconds')`;

/** A begun run with what a worker has to know of its role and its node. */
export interface BegunRow {
  id: string;
  attempt: number;
  fence: string;
  node_role_id: string;
  role_id: string;
  role_version: string;
  jig: string;
  input: JsonObject;
  deadline_at: Date | null;
  timeout_ms: string | null;
  node_id: string;
  node_name: string;
  address: string | null;
  ssh_port: number;
  host_key: string | null;
}

export const toBegunRun = (row: BegunRow): BegunRun => ({
  runId: idOf(row.id),
  attempt: row.attempt,
  fence: Number(row.fence),
  nodeRoleId: idOf(row.node_role_id),
  roleId: idOf(row.role_id),
  roleVersion: Number(row.role_version),
  jig: row.jig,
  input: row.input,
  deadlineAt: row.deadline_at,
  timeoutMs: row.timeout_ms === null ? null : Number(row.timeout_ms),
  node: {
    id: idOf(row.node_id),
    name: row.node_name,
    address: row.address,
    sshPort: row.ssh_port,
    hostKey: row.host_key,
  },
});
