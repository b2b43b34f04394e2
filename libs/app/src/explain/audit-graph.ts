import { audit, type Finding } from '#core';
import type { UnitOfWork } from '../ports/unit-of-work.js';

export interface AuditResult {
  readonly nodeRoles: number;
  readonly findings: readonly Finding[];
}

/** Looks for broken invariants in the whole graph, in one consistent picture. Finds nothing in a sound installation. */
export class AuditGraph {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork }) {}

  execute(): Promise<AuditResult> {
    return this.parts.unitOfWork.read(async (tx) => {
      const graph = await tx.graph.whole();
      return { nodeRoles: graph.nodeRoles.size, findings: audit(graph) };
    });
  }
}
