import { editRows } from '../dns/edit-rows.js';
import type { ModelParts } from '../model-parts.js';
import { AdoptNode } from './adopt.js';
import { DecommissionNode } from './decommission.js';
import { ENROLMENT_RULES, PreviewEnrolment } from './enrolment-rules.js';
import { ListReports, ReportPart } from './report-part.js';
import { DebugNode, ScrubNode } from './take-aside.js';

/** What may be done about machines, from the first boot to the last. Enrolment itself needs secrets, and is made apart. */
export const machineUseCases = (parts: ModelParts) => ({
  enrolmentRules: editRows(parts, ENROLMENT_RULES),
  previewEnrolment: new PreviewEnrolment(parts),
  adoptNode: new AdoptNode(parts),
  debugNode: new DebugNode(parts),
  scrubNode: new ScrubNode(parts),
  decommissionNode: new DecommissionNode(parts),
  reportPart: new ReportPart(parts),
  listReports: new ListReports(parts),
});
