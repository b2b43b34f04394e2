import type { PoolClient } from 'pg';
import type { CertificationId, ListQuery, OutcomeView, Page } from '#app';
import { idOf, type Refusal, type TestOutcome, type TestStatus } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';
import { storableText } from '../storable.js';

/**
 * How tests ended: a row for each test of a certification. One that is told again takes the place of the first, but for *not
 * run*, which says only what nobody has said otherwise.
 */
const OUTCOMES: ListShape = {
  things: 'outcomes',
  select: 'o.certification_id, o.name, o.test_id, o.status, o.seconds, o.worker, o.reason, o.traceback',
  from: 'FROM certification_outcomes o',
  // The last key of an order is read as a UUID: the name of a test is dressed as one.
  id: 'md5(o.name)::uuid',
  fields: {
    name: { sql: 'o.name', type: 'text' },
    test_id: { sql: 'o.test_id', type: 'text', nullable: true },
    status: { sql: 'o.status', type: 'text' },
    seconds: { sql: 'o.seconds', type: 'number', nullable: true },
    worker: { sql: 'o.worker', type: 'text', nullable: true },
  },
  sort: [{ field: 'name' }],
};

interface OutcomeRow {
  certification_id: string;
  name: string;
  test_id: string | null;
  status: TestStatus;
  seconds: number | null;
  worker: string | null;
  reason: string | null;
  traceback: string | null;
}

const toOutcome = ({ name, test_id, status, seconds, worker, reason, traceback }: OutcomeRow): TestOutcome => ({
  name,
  id: test_id,
  status,
  seconds,
  worker,
  reason,
  traceback,
});

const ADD_OUTCOMES = statement(
  'certifications.add-outcomes',
  `INSERT INTO certification_outcomes AS o (certification_id, name, test_id, status, seconds, worker, reason, traceback)
   SELECT DISTINCT ON (n.name) $1, n.name, n.test_id, n.status, n.seconds, n.worker, n.reason, n.traceback
   FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[])
     WITH ORDINALITY AS n(name, test_id, status, seconds, worker, reason, traceback, at)
   ORDER BY n.name, n.at DESC
   ON CONFLICT (certification_id, name) DO UPDATE SET test_id = excluded.test_id, status = excluded.status, seconds = excluded.seconds,
     worker = excluded.worker, reason = excluded.reason, traceback = excluded.traceback
   WHERE excluded.status <> 'not-run' OR o.status = 'not-run'`,
);
const COUNT = statement(
  'certifications.count',
  `SELECT status, count(*)::int AS count FROM certification_outcomes WHERE certification_id = $1 GROUP BY status`,
);

export const addOutcomes = async (
  client: PoolClient,
  id: CertificationId,
  outcomes: readonly TestOutcome[],
): Promise<Readonly<Record<TestStatus, number>>> => {
  const text = (value: string | null): string | null => (value === null ? null : storableText(value));
  if (outcomes.length > 0)
    await rowsOf(client, ADD_OUTCOMES, [
      id,
      outcomes.map(({ name }) => storableText(name)),
      outcomes.map((outcome) => text(outcome.id)),
      outcomes.map(({ status }) => status),
      outcomes.map(({ seconds }) => seconds),
      outcomes.map(({ worker }) => text(worker)),
      outcomes.map(({ reason }) => text(reason)),
      outcomes.map(({ traceback }) => text(traceback)),
    ]);
  const counts = { passed: 0, failed: 0, skipped: 0, 'setup-failed': 0, 'not-run': 0 };
  for (const { status, count } of await rowsOf<{ status: TestStatus; count: number }>(client, COUNT, [id]))
    counts[status] = count;
  return counts;
};

export const readOutcomes = async (client: PoolClient, id: CertificationId): Promise<TestOutcome[]> => {
  const { rows } = await client.query<OutcomeRow>(
    `SELECT ${OUTCOMES.select} FROM certification_outcomes o WHERE o.certification_id = $1 ORDER BY o.number`,
    [id],
  );
  return rows.map(toOutcome);
};

export const readOutcomePage = (
  client: PoolClient,
  id: CertificationId,
  query: ListQuery,
): Promise<Page<OutcomeView> | Refusal> => {
  return readPage<OutcomeRow, OutcomeView>(
    client,
    OUTCOMES,
    query,
    (row) => ({ ...toOutcome(row), certificationId: idOf(row.certification_id) }),
    (parameters) => `o.certification_id = ${parameters.add(id)}`,
  );
};
