import {
  canonicalJson,
  isRefusal,
  makeManifest,
  packEvidence,
  printManifest,
  refuse,
  type EvidencePart,
  type Json,
  type JsonObject,
  type Manifest,
  type Refusal,
  type TestOutcome,
  type Verdict,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import type { CertificationDetail, VerdictLine } from '../ports/certification-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { certificationNamed } from './read-certifications.js';
import { suiteOf } from './suite-of.js';

export interface EvidenceBundle {
  /** Of the file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * All that a certification rests upon in one archive, signed: what was asked, what it was asked with, what was said, what
 * it came to, and what the cloud was. The same rows always give the same bytes. It is read from rows that do not change any
 * more, so that a bundle may be made at any time, and again.
 */
export class BuildEvidence {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'signer'>) {}

  async execute(input: { readonly certification: string }): Promise<EvidenceBundle | Refusal> {
    const { signer } = this.parts;
    if (!signer) return refuse('unavailable', 'this process has no key to sign with: start it with ANNEAL_HOME.');
    const gathered = await this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      if (isRefusal(certification)) return certification;
      if (!certification.endedAt)
        return refuse(
          'wrong-state',
          `certification ${certification.id} has not ended: there is evidence of it when it has.`,
        );
      return { certification, parts: await partsOf(tx, certification) };
    });
    if (isRefusal(gathered)) return gathered;
    const { certification, parts } = gathered;
    const manifest = makeManifest(aboutOf(certification), VOLATILE_ABOUT, parts, (bytes) => signer.sha256(bytes));
    const signature = signer.sign(new TextEncoder().encode(printManifest(manifest)));
    if (isRefusal(signature)) return signature;
    return { name: `evidence-${certification.id}.tar`, bytes: packEvidence(manifest, signature, parts), manifest };
  }
}

const aboutOf = ({ id, parentId, endedAt, ...of }: CertificationDetail): JsonObject => ({
  certification: id,
  parent: parentId,
  ended_at: endedAt!.toISOString(),
  state: of.state,
  target: of.target,
  cloud: of.cloud,
  goals: of.goals.map(({ guideline, program, digest }) => ({ guideline, program, digest })),
  suite: of.suite && { name: of.suite.name, version: of.suite.version, digest: of.suite.digest },
  claims: of.verdicts.map(({ claim }) => claim),
  notice: 'Unofficial results.',
});

const VOLATILE_ABOUT = ['certification', 'parent', 'ended_at'];

const partsOf = async (tx: Transaction, certification: CertificationDetail): Promise<EvidencePart[]> => {
  const { id, loadList, inputs, suite, disclosure } = certification;
  const outcomes = (await tx.certifications.outcomes(id)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = [
    json('plan.json', planOf(certification)),
    json('results.json', outcomes.map(resultOf)),
    json('verdicts.json', (await tx.certifications.verdicts(id)).map(verdictOf)),
    json('run.json', runOf(certification, outcomes), 'volatile'),
    ...(await guidelinesOf(tx, certification)),
  ];
  if (loadList) parts.push(text('load-list', lines(loadList)));
  const listed = suite && (await suiteOf(tx, suite.id));
  if (listed) parts.push(text('suite-list', lines(listed.tests.map(({ fullId }) => fullId))));
  if (inputs) {
    parts.push(text('tempest.conf', inputs.conf));
    parts.push(json('tempest-conf-provenance.json', inputs.provenance));
    parts.push(json('preflight.json', inputs.findings as unknown as Json));
    parts.push(json('cloud.json', inputs.cloud));
  }
  // It quotes digests of the stream and of other files of this one time.
  if (disclosure) parts.push(json('disclosure.json', disclosure, 'volatile'));
  const stream = await tx.certifications.stream(id);
  if (stream)
    parts.push({ path: 'run.subunit', mediaType: 'application/vnd.subunit', content: stream, volatile: true });
  for (const { path, mediaType, bytes } of await tx.certifications.evidence(id))
    parts.push({ path, mediaType, content: bytes, volatile: false });
  return parts;
};

const planOf = ({ goals, scope, concurrency, settings, target, endpoint, facts }: CertificationDetail): Json =>
  plain({
    goals: goals.map(({ guideline, program, digest }) => ({ guideline, program, digest })),
    scope,
    concurrency,
    settings,
    target,
    endpoint,
    facts,
  });

/** How a test ended is what is compared; when and how long is told in run.json. */
const resultOf = ({ name, id, status }: TestOutcome): Json => ({ name, id, status });

const verdictOf = ({ line, verdict }: { readonly line: VerdictLine; readonly verdict: Verdict }): Json =>
  plain({
    guideline: line.guideline,
    program: line.program,
    rules: verdict.rules,
    met: verdict.met,
    must_pass: verdict.mustPass,
    required_percent: verdict.requiredPercent,
    unflagged_percent: verdict.unflaggedPercent,
    capabilities: verdict.capabilities,
    claim: verdict.claim,
    qualifiers: verdict.qualifiers,
  });

const runOf = (of: CertificationDetail, outcomes: readonly TestOutcome[]): Json =>
  plain({
    certification: of.id,
    parent: of.parentId,
    run: of.runId,
    tester: of.tester,
    state: of.state,
    reason: of.reason,
    notes: of.notes,
    created_by: of.createdBy,
    created_at: of.createdAt,
    started_at: of.startedAt,
    ended_at: of.endedAt,
    seconds: of.seconds,
    tests: outcomes.map(({ name, seconds, worker, reason, traceback }) => ({
      name,
      seconds,
      worker,
      reason,
      traceback,
    })),
  });

/** The files as they were imported: their digests are those of the plan. */
const guidelinesOf = async (tx: Transaction, { goals }: CertificationDetail): Promise<EvidencePart[]> => {
  const parts = new Map<string, EvidencePart>();
  for (const { guidelineId, guideline, digest } of goals) {
    const path = `guidelines/${guideline.replaceAll(/[^A-Za-z0-9._-]+/g, '_')}-${digest.slice(0, 12)}.json`;
    if (!parts.has(path))
      parts.set(path, { ...text(path, await tx.guidelines.raw(guidelineId)), mediaType: 'application/json' });
  }
  return [...parts.values()];
};

const encoder = new TextEncoder();

const text = (path: string, content: string): EvidencePart => ({
  ...{ path, mediaType: 'text/plain', volatile: false },
  content: encoder.encode(content),
});

const json = (path: string, value: Json, volatile?: 'volatile'): EvidencePart => ({
  ...{ path, mediaType: 'application/json', volatile: volatile !== undefined },
  content: encoder.encode(`${canonicalJson(value)}\n`),
});

const lines = (of: readonly string[]): string => of.map((line) => `${line}\n`).join('');

/** Dates become text, and what is undefined goes. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
