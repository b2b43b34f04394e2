import type { NodeEntry, ProvidedNode, ProvidedNodeView, ProvidedStepView } from '#app';
import { idOf, type Picked, type ProvidedState, type ProviderStep, type ProviderWish, type StepAnswer } from '#core';

interface CommonRow {
  id: string;
  provider_id: string;
  name: string;
  node_id: string | null;
  state: ProvidedState;
  step: ProviderStep | null;
  step_since: Date;
  until: Date;
  says: string;
  failed: boolean;
  wish: ProviderWish;
  entry: NodeEntry;
  picked: Picked | null;
  key_sealed: string | null;
  public_key: string | null;
  key_ref: string | null;
  server_ref: string | null;
  floating_ref: string | null;
  requests: number;
  address: string | null;
  account: string | null;
  host_key: string | null;
  asked_by: string;
  asked_at: Date;
  ended_at: Date | null;
  version: string;
}

export interface ProvidedRow extends CommonRow {
  is_overdue: boolean;
  step_age_ms: number;
}

export interface StepRow {
  step: ProviderStep;
  answer: StepAnswer;
  says: string;
  seconds: number;
  /** A text where it comes in a document. */
  at: Date | string;
}

export interface ViewRow extends CommonRow {
  provider: string;
  steps: readonly StepRow[];
}

export const toStep = ({ step, answer, says, seconds, at }: StepRow): ProvidedStepView => ({
  step,
  answer,
  says,
  seconds,
  at: new Date(at),
});

const common = (row: CommonRow) => ({
  id: idOf<ProvidedNode['id']>(row.id),
  name: row.name,
  nodeId: row.node_id === null ? null : idOf<NonNullable<ProvidedNode['nodeId']>>(row.node_id),
  state: row.state,
  step: row.step,
  says: row.says,
  wish: row.wish,
  picked: row.picked,
  server: row.server_ref,
  floating: row.floating_ref,
  address: row.address,
  account: row.account,
  hostKey: row.host_key,
  askedBy: row.asked_by,
  askedAt: row.asked_at,
  endedAt: row.ended_at,
  version: Number(row.version),
});

export const toView = (row: ViewRow): ProvidedNodeView => ({
  ...common(row),
  provider: row.provider,
  stepSince: row.step_since,
  until: row.until,
  steps: row.steps.map(toStep),
});

export const toProvided = (row: ProvidedRow): ProvidedNode => ({
  ...common(row),
  providerId: idOf(row.provider_id),
  entry: row.entry,
  failed: row.failed,
  keySealed: row.key_sealed,
  publicKey: row.public_key,
  keyRef: row.key_ref,
  requests: row.requests,
  stepAgeMs: row.step_age_ms,
  isOverdue: row.is_overdue,
});
