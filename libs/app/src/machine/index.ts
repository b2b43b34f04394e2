import { editRows } from '../dns/edit-rows.js';
import type { ModelParts } from '../model-parts.js';
import { ENROLMENT_RULES, PreviewEnrolment } from './enrolment-rules.js';
import { ListReports, ReportPart } from './report-part.js';

/** What may be done about machines, from the first boot to the last. Enrolment itself needs secrets, and is made apart. */
export const machineUseCases = (parts: ModelParts) => ({
  enrolmentRules: editRows(parts, ENROLMENT_RULES),
  previewEnrolment: new PreviewEnrolment(parts),
  reportPart: new ReportPart(parts),
  listReports: new ListReports(parts),
});
