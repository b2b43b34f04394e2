import type { ModelParts } from '../model-parts.js';
import { BuildEvidence } from './build-evidence.js';
import { BuildRefstack } from './build-refstack.js';
import { ImportResults } from './import-results.js';
import { EditCertification, ListPublished, MarkOfficial } from './publish.js';
import {
  CertificationHistory,
  ExplainCertification,
  ListCertifications,
  ListOutcomes,
  ReadStream,
  ReadVerdicts,
  ShowCertification,
} from './read-certifications.js';
import { ReadPublished, ReadReport } from './read-report.js';
import { StartCertification } from './start-certification.js';
import { CancelCertification, ContinueCertification } from './steer-certification.js';
import { CompareCertifications, FitCertification, JudgeCertification } from './weigh-certification.js';

export { type EvidenceBundle } from './build-evidence.js';
export { type RefstackUpload } from './build-refstack.js';
export { TEMPEST_JIG } from './end-with-run.js';
export * from './import-results.js';
export * from './limits.js';
export { CERTIFY_ENDPOINT_ROLE, CERTIFY_ROLE, orderedBy, SUITE_ROLE } from './order-noderole.js';
export * from './publish.js';
export * from './read-certifications.js';
export * from './read-report.js';
export * from './read-results.js';
export { RecordedCertifications } from './recorded-certifications.js';
export { type StartCertificationInput } from './start-certification.js';
export * from './steer-certification.js';
export * from './weigh-certification.js';

/** What may be done about certifications. */
export const certificationUseCases = (parts: ModelParts) => ({
  startCertification: new StartCertification(parts),
  cancelCertification: new CancelCertification(parts),
  resumeCertification: new ContinueCertification(parts, 'resume'),
  retryCertification: new ContinueCertification(parts, 'retry'),
  importResults: new ImportResults(parts),
  editCertification: new EditCertification(parts),
  markOfficial: new MarkOfficial(parts),
  listCertifications: new ListCertifications(parts),
  showCertification: new ShowCertification(parts),
  listOutcomes: new ListOutcomes(parts),
  readVerdicts: new ReadVerdicts(parts),
  readStream: new ReadStream(parts),
  certificationHistory: new CertificationHistory(parts),
  explainCertification: new ExplainCertification(parts),
  fitCertification: new FitCertification(parts),
  judgeCertification: new JudgeCertification(parts),
  compareCertifications: new CompareCertifications(parts),
  buildEvidence: new BuildEvidence(parts),
  buildRefstack: new BuildRefstack(parts),
  listPublished: new ListPublished(parts),
  readReport: new ReadReport(parts),
  readPublished: new ReadPublished(parts),
});
