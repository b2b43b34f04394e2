import type { Standing } from '#app';
import { idOf, stateOf } from '#core';

/** Columns of a standing; needs `nr` (node_roles) and `ro` (roles). */
export const STANDING_COLUMNS = `nr.id, nr.node_id, nr.deployment_id, nr.state, nr.cohort, nr.unmet, nr.priority, nr.dirty, nr.kept, nr.held, nr.available,
  extract(epoch FROM nr.not_before)::float8 * 1000 AS not_before_ms, 'destructive' = ANY(ro.flags) AS destructive, nr.run_count,
  ro.jig = 'install' AS apart`;

export interface StandingRow {
  id: string;
  node_id: string;
  deployment_id: string;
  state: number;
  cohort: number;
  unmet: number;
  priority: number;
  dirty: boolean;
  kept: boolean;
  held: boolean;
  available: boolean;
  not_before_ms: number | null;
  destructive: boolean;
  run_count: number;
  apart: boolean;
}

export const toStanding = (row: StandingRow): Standing => ({
  id: idOf(row.id),
  nodeId: idOf(row.node_id),
  deploymentId: idOf(row.deployment_id),
  state: stateOf(row.state),
  cohort: row.cohort,
  unmet: row.unmet,
  priority: row.priority,
  dirty: row.dirty,
  kept: row.kept,
  held: row.held,
  available: row.available,
  notBefore: row.not_before_ms,
  destructive: row.destructive,
  runCount: row.run_count,
  apart: row.apart,
});
