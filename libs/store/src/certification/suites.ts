import type { PoolClient } from 'pg';
import type { CertificationStore, SuiteId } from '#app';
import { idOf } from '#core';
import { storableJson } from '../storable.js';

/** Suites as they listed themselves: the same list is kept once. */
export const keepSuite = async (
  client: PoolClient,
  suite: Parameters<CertificationStore['keepSuite']>[0],
): Promise<SuiteId> => {
  await client.query(
    'INSERT INTO suites (id, name, version, digest, tests) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    [suite.id, suite.name, suite.version, suite.digest, storableJson(suite.tests)],
  );
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM suites WHERE name = $1 AND version = $2 AND digest = $3',
    [suite.name, suite.version, suite.digest],
  );
  return idOf(rows[0]!.id);
};

export const readSuite = async (client: PoolClient, id: SuiteId): ReturnType<CertificationStore['suiteTests']> => {
  const { rows } = await client.query<{ name: string; version: string; tests: string[] }>(
    'SELECT name, version, tests FROM suites WHERE id = $1',
    [id],
  );
  return rows[0] ?? null;
};
