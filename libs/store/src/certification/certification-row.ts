import type { CertificationDetail, CertificationRecord, CertificationView, VerdictLine } from '#app';
import { idOf, type JsonObject, type Scope } from '#core';

/** A row of `certifications` with its goals, its suite and the lines of its verdicts. */
export interface CertificationRow {
  id: string;
  parent_id: string | null;
  root_id: string;
  state: CertificationView['state'];
  target: CertificationView['target'];
  cloud: string;
  deployment_id: string | null;
  endpoint: CertificationView['endpoint'];
  node_role_id: string | null;
  tester: string | null;
  run_id: string | null;
  plan: { scope: Scope; concurrency: number; settings: Record<string, string> };
  goals: { guideline: string; program: string; guidelineId: string; revision: number; digest: string }[];
  note: string;
  suite: { id: string; name: string; version: string; digest: string } | null;
  facts: CertificationView['facts'];
  counts: Record<'total' | 'passed' | 'failed' | 'skipped' | 'setup_failed' | 'not_run', number>;
  under_way: CertificationView['underWay'];
  seconds: number | null;
  notes: string[];
  reason: string;
  verdicts: (Omit<VerdictLine, 'guidelineId'> & { guidelineId: string })[];
  public: boolean;
  official_by: string | null;
  official_at: Date | null;
  stream_bytes: string;
  stream_gone_at: Date | null;
  created_by: string;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  version: string;
}

export interface DetailRow extends CertificationRow {
  load_list: string[] | null;
  inputs: CertificationDetail['inputs'];
  disclosure: JsonObject | null;
}

export interface RecordRow extends DetailRow {
  fence: string;
  access_sealed: string | null;
  next_piece: number;
  told_at: Date | null;
}

const idOrNull = <Id extends Parameters<typeof idOf>[0]>(id: Id | null) => (id === null ? null : idOf<never>(id));

export const toView = (row: CertificationRow): CertificationView => ({
  id: idOf(row.id),
  parentId: idOrNull(row.parent_id),
  rootId: idOf(row.root_id),
  state: row.state,
  target: row.target,
  cloud: row.cloud,
  deploymentId: idOrNull(row.deployment_id),
  endpoint: row.endpoint,
  nodeRoleId: idOrNull(row.node_role_id),
  tester: row.tester,
  runId: idOrNull(row.run_id),
  goals: row.goals.map((goal) => ({ ...goal, guidelineId: idOf(goal.guidelineId) })),
  scope: row.plan.scope,
  concurrency: row.plan.concurrency,
  note: row.note,
  suite: row.suite && { ...row.suite, id: idOf(row.suite.id) },
  facts: row.facts,
  counts: {
    total: row.counts.total,
    passed: row.counts.passed,
    failed: row.counts.failed,
    skipped: row.counts.skipped,
    setupFailed: row.counts.setup_failed,
    notRun: row.counts.not_run,
  },
  underWay: row.under_way,
  seconds: row.seconds,
  reason: row.reason,
  notes: row.notes,
  verdicts: row.verdicts.map((line) => ({ ...line, guidelineId: idOf(line.guidelineId) })),
  public: row.public,
  officialBy: row.official_by,
  officialAt: row.official_at,
  streamBytes: Number(row.stream_bytes),
  streamGoneAt: row.stream_gone_at,
  createdBy: row.created_by,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  version: Number(row.version),
});

export const toDetail = (row: DetailRow): CertificationDetail => ({
  ...toView(row),
  settings: row.plan.settings,
  loadList: row.load_list,
  inputs: row.inputs,
  disclosure: row.disclosure,
});

export const toRecord = (row: RecordRow): CertificationRecord => ({
  ...toDetail(row),
  fence: Number(row.fence),
  accessSealed: row.access_sealed,
  nextPiece: row.next_piece,
  toldAt: row.told_at,
});
