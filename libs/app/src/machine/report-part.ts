import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import { MACHINE_PARTS, type MachinePart, type MachineReportView } from '../ports/machine-store.js';
import type { Actor } from '../ports/unit-of-work.js';

/** Open reports of one node; a machine with more broken parts than this is broken as a whole. */
const OPEN_REPORTS_MAX = 200;
/** Reports that are shown of one node, the open ones first. */
const REPORTS_SHOWN_MAX = 500;
const SUBJECT_LENGTH_MAX = 255;
const SAYS_LENGTH_MAX = 2_000;

export interface ReportPartInput {
  readonly node: string;
  readonly part: MachinePart;
  readonly subject: string;
  /** `well` ends what was reported of it. */
  readonly severity: 'well' | 'warning' | 'failure';
  readonly says: string;
}

/**
 * A machine says that a drive fails, a link is down, or that it is well again. What it says is written down and told; what
 * is done about it, people and hooks decide: a machine that could take itself out of service could be made to.
 */
export class ReportPart {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: ReportPartInput): Promise<readonly MachineReportView[] | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const { part, subject, severity, says } = input;
      if (!MACHINE_PARTS.includes(part))
        return refuse('invalid', `a report is about one of ${MACHINE_PARTS.join(', ')}.`, { field: 'part' });
      if (subject === '' || subject.length > SUBJECT_LENGTH_MAX || says.length > SAYS_LENGTH_MAX)
        return refuse(
          'invalid',
          `say which ${part} it is in at most ${SUBJECT_LENGTH_MAX} characters, and what is wrong in ${SAYS_LENGTH_MAX}.`,
          { field: 'subject' },
        );
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const about = { nodeId: node.id, deploymentId: node.deploymentId };
      if (severity === 'well') {
        if (await tx.machines.resolve(node.id, part, subject))
          tx.tell({ kind: 'node.part_well', ...about, data: { part, subject } });
        return await tx.machines.reportsOf(node.id, REPORTS_SHOWN_MAX);
      }
      if (node.openReports >= OPEN_REPORTS_MAX)
        return refuse('too-large', `${node.name} has ${node.openReports} open reports, which is the most.`);
      const isNew = await tx.machines.report({
        id: this.parts.ids.next(),
        nodeId: node.id,
        part,
        subject,
        severity,
        says,
      });
      // The same every minute is no news.
      if (isNew) tx.tell({ kind: 'node.part_failed', ...about, data: { part, subject, severity, says } });
      return await tx.machines.reportsOf(node.id, REPORTS_SHOWN_MAX);
    });
  }
}

/** What a machine reported of its parts, what is open first. */
export class ListReports {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly node: string }): Promise<readonly MachineReportView[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      return isRefusal(node) ? node : await tx.machines.reportsOf(node.id, REPORTS_SHOWN_MAX);
    });
  }
}
