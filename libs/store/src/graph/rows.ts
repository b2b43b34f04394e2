import {
  idOf,
  stateOf,
  type DeploymentState,
  type Edge,
  type GraphDeployment,
  type GraphNode,
  type GraphRole,
  type NodeRole,
  type OnError,
  type OnRerunFailure,
  type RoleScope,
} from '#core';

/** Columns of a noderole that the rules read, in one place: every statement that returns noderoles selects these. */
export const NODE_ROLE_COLUMNS = `nr.id, nr.deployment_id, nr.role_id, nr.node_id, nr.state, nr.cohort, nr.unmet, nr.doubted, nr.rerun,
  nr.dirty, nr.kept, nr.held, nr.available, nr.run_count, nr.failures, extract(epoch FROM nr.not_before)::float8 * 1000 AS not_before_ms, nr.run_id, nr.status`;

export interface NodeRoleRow {
  id: string;
  deployment_id: string;
  role_id: string;
  node_id: string;
  state: number;
  cohort: number;
  unmet: number;
  doubted: boolean;
  rerun: boolean;
  dirty: boolean;
  kept: boolean;
  held: boolean;
  available: boolean;
  run_count: number;
  failures: number;
  not_before_ms: number | null;
  run_id: string | null;
  status: string;
}

export const toNodeRole = (row: NodeRoleRow): NodeRole => ({
  id: idOf(row.id),
  deploymentId: idOf(row.deployment_id),
  roleId: idOf(row.role_id),
  nodeId: idOf(row.node_id),
  state: stateOf(row.state),
  cohort: row.cohort,
  unmet: row.unmet,
  doubted: row.doubted,
  rerun: row.rerun,
  dirty: row.dirty,
  kept: row.kept,
  held: row.held,
  available: row.available,
  runCount: row.run_count,
  failures: row.failures,
  notBefore: row.not_before_ms,
  runId: row.run_id === null ? null : idOf(row.run_id),
  status: row.status,
});

export interface EdgeRow {
  parent_id: string;
  child_id: string;
  soft: boolean;
  pending: boolean;
}

export const toEdge = (row: EdgeRow): Edge => ({
  parentId: idOf(row.parent_id),
  childId: idOf(row.child_id),
  soft: row.soft,
  pending: row.pending,
});

export interface NodeRow {
  id: string;
  name: string;
  alive: boolean;
  available: boolean;
  system: boolean;
  frozen: number;
  on_disk: boolean;
}

export const toNode = (row: NodeRow): GraphNode => ({
  id: idOf(row.id),
  name: row.name,
  alive: row.alive,
  available: row.available,
  system: row.system,
  frozen: row.frozen,
  onDisk: row.on_disk,
});

export interface RoleRow {
  id: string;
  name: string;
  jig: string;
  flags: string[];
  on_error: OnError;
  on_rerun_failure: OnRerunFailure;
  scope: RoleScope;
  priority: number;
  retry: { max: number; backoff_ms: number; exit_codes?: number[] } | null;
  timeout_ms: string | null;
}

export const toRole = (row: RoleRow): GraphRole => ({
  id: idOf(row.id),
  name: row.name,
  jig: row.jig,
  destructive: row.flags.includes('destructive'),
  cluster: row.flags.includes('cluster'),
  onError: row.on_error,
  onRerunFailure: row.on_rerun_failure,
  scope: row.scope,
  priority: row.priority,
  retry: row.retry && { max: row.retry.max, backoffMs: row.retry.backoff_ms, exitCodes: row.retry.exit_codes ?? [] },
  timeoutMs: row.timeout_ms === null ? null : Number(row.timeout_ms),
});

export interface DeploymentRow {
  id: string;
  name: string;
  parent_id: string | null;
  system: boolean;
  state: DeploymentState;
  priority: number;
}

export const toDeployment = (row: DeploymentRow): GraphDeployment => ({
  id: idOf(row.id),
  name: row.name,
  parentId: row.parent_id === null ? null : idOf(row.parent_id),
  system: row.system,
  state: row.state,
  priority: row.priority,
});
