import { idOf, type Install, type InstallPhase, type InstallPlan } from '#core';
import { storableJson, storableText } from '../storable.js';

export interface InstallRow {
  id: string;
  node_id: string;
  node_role_id: string;
  run_id: string;
  phase: InstallPhase;
  phase_since: Date;
  times: Install['times'];
  plan: InstallPlan;
  via: Install['via'];
  session: string | null;
  token_hash: string | null;
  join_hash: string | null;
  heard_at: Date | null;
  boot_id: string | null;
  host_key: string | null;
  step: string;
  percent: number | null;
  says: string;
  powered_at: Date | null;
  powered: number;
  reason: string;
  log_tail: string[];
  created_at: Date;
}

export const toInstall = (row: InstallRow): Install => ({
  id: idOf(row.id),
  nodeId: idOf(row.node_id),
  nodeRoleId: idOf(row.node_role_id),
  runId: idOf(row.run_id),
  phase: row.phase,
  phaseSince: row.phase_since.getTime(),
  times: row.times,
  plan: row.plan,
  via: row.via,
  session: row.session,
  tokenHash: row.token_hash,
  joinHash: row.join_hash,
  heardAt: row.heard_at?.getTime() ?? null,
  bootId: row.boot_id,
  hostKey: row.host_key,
  step: row.step,
  percent: row.percent,
  says: row.says,
  poweredAt: row.powered_at?.getTime() ?? null,
  powered: row.powered,
  reason: row.reason,
  logTail: row.log_tail,
});

/** What may change, in the order in which the statements of the store have it. */
export const valuesOf = (install: Install): readonly unknown[] => [
  install.phase,
  new Date(install.phaseSince),
  JSON.stringify(install.times),
  install.via,
  install.session,
  install.tokenHash,
  install.joinHash,
  timeOf(install.heardAt),
  install.bootId,
  install.hostKey,
  storableText(install.step),
  install.percent,
  storableText(install.says),
  timeOf(install.poweredAt),
  install.powered,
  storableText(install.reason),
  storableJson(install.logTail),
];

const timeOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
