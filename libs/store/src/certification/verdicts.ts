import type { PoolClient } from 'pg';
import type { CertificationId, CertificationStore, GuidelineId, HistoryEntry, VerdictLine } from '#app';
import type { Verdict } from '#core';
import { storableJson } from '../storable.js';

/** What certifications came to, goal by goal, and how clouds did over time. */
export const LINE = `json_build_object('guidelineId', g.id, 'guideline', g.name, 'revision', g.revision, 'program', v.program, 'rules', v.rules,
  'met', v.met, 'mustPassTotal', v.must_pass_total, 'mustPassPassed', v.must_pass_passed, 'claim', v.claim)`;

export const putVerdict = async (
  client: PoolClient,
  id: CertificationId,
  guidelineId: GuidelineId,
  verdict: Verdict,
): Promise<void> => {
  const { program, rules, met, mustPass, claim } = verdict;
  await client.query(
    `INSERT INTO certification_verdicts (certification_id, guideline_id, program, rules, met, must_pass_total, must_pass_passed, claim, document)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (certification_id, guideline_id, program) DO UPDATE SET rules = excluded.rules, met = excluded.met,
       must_pass_total = excluded.must_pass_total, must_pass_passed = excluded.must_pass_passed, claim = excluded.claim,
       document = excluded.document, judged_at = now()`,
    [id, guidelineId, program, rules, met, mustPass.total, mustPass.passed, claim, storableJson(verdict)],
  );
};

export const readVerdicts = async (
  client: PoolClient,
  id: CertificationId,
): Promise<{ readonly line: VerdictLine; readonly verdict: Verdict }[]> => {
  const { rows } = await client.query<{ line: VerdictLine; verdict: Verdict }>(
    `SELECT ${LINE} AS line, v.document AS verdict FROM certification_verdicts v JOIN guidelines g ON g.id = v.guideline_id
     WHERE v.certification_id = $1 ORDER BY g.name, v.program`,
    [id],
  );
  return rows;
};

export const readHistory = async (
  client: PoolClient,
  of: Parameters<CertificationStore['history']>[0],
  limit: number,
): Promise<HistoryEntry[]> => {
  const { rows } = await client.query<HistoryEntry>(
    `SELECT c.id AS "certificationId", c.parent_id AS "parentId", c.cloud, g.name AS guideline, g.revision, v.program, v.met,
       v.must_pass_total AS "mustPassTotal", v.must_pass_passed AS "mustPassPassed", s.name || ' ' || s.version AS suite,
       c.seconds, c.ended_at AS "endedAt"
     FROM certification_verdicts v JOIN certifications c ON c.id = v.certification_id JOIN guidelines g ON g.id = v.guideline_id
     LEFT JOIN suites s ON s.id = c.suite_id
     WHERE c.ended_at IS NOT NULL AND ($1::text IS NULL OR c.cloud = $1) AND ($2::uuid IS NULL OR c.deployment_id = $2)
       AND ($3::text IS NULL OR v.program = $3)
     ORDER BY c.ended_at DESC, c.id DESC, g.name, v.program LIMIT $4`,
    [of.cloud ?? null, of.deploymentId ?? null, of.program ?? null, limit],
  );
  return rows;
};
