import { refuse, type JsonObject, type NodeId, type Refusal, type RefusalCode } from '#core';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';

/** Why a machine is turned away, for programs. */
export type TurnedAway =
  | 'not-a-ticket'
  | 'unknown-server'
  | 'forged'
  | 'expired'
  | 'used'
  | 'superseded'
  | 'other-mac'
  | 'other-uuid'
  | 'nothing-to-compare'
  | 'other-node'
  | 'other-bootenv'
  | 'contradiction'
  | 'decommissioned'
  | 'rule'
  | 'no-mac';

/** A machine that is turned away, with what it is known by. */
export const turnAway = (why: TurnedAway, detail: string, fields: JsonObject = {}): Refusal =>
  refuse(CODES[why] ?? 'forbidden', detail, { why, ...fields });

const CODES: Partial<Record<TurnedAway, RefusalCode>> = {
  contradiction: 'conflict',
  'not-a-ticket': 'invalid',
  'no-mac': 'invalid',
};

/**
 * Tells the history of a machine that was turned away: nobody sits in front of it, so this is how a person hears. The ticket
 * itself is never told, only the boot that it names.
 */
export const tellTurnedAway = (
  unitOfWork: UnitOfWork,
  refusal: Refusal,
  known: { readonly nodeId: NodeId | null; readonly facts: JsonObject },
): Promise<void> =>
  unitOfWork.write(ENGINE, async (tx) => {
    const node = known.nodeId === null ? null : await tx.nodes.find(known.nodeId);
    tx.tell({
      kind: 'machine.refused',
      ...(node ? { nodeId: node.id, deploymentId: node.deploymentId } : {}),
      data: { why: String(refusal.fields?.['why'] ?? refusal.code), says: refusal.detail, ...known.facts },
    });
  });
