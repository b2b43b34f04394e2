import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { EffectLine } from '../effects/effect-log.js';
import type { History, HistoryEvent, HistoryNodeRole, HistoryRun } from './history.js';

/** Reads what a storm left behind, with statements of its own: nothing here is shared with the engine. */
export const readHistory = async (
  databaseUrl: string,
  effects: readonly EffectLine[],
  brokenRole: string | null,
): Promise<History> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const rows = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query({ text, values })).rows as Row[];
    const [counter] = await rows<{ last: number }>('SELECT last::float8 AS last FROM event_counter');
    const [setting] = await rows<{ value: number }>(`SELECT value FROM settings WHERE key = 'runs_at_once_max'`);
    return {
      cap: Number(setting?.value),
      lastEvent: counter?.last ?? 0,
      events: await rows<HistoryEvent>(
        `SELECT seq::float8 AS seq, at::text, kind, node_role_id AS "nodeRoleId", node_id AS "nodeId", run_id AS "runId", actor,
                coalesce(data, '{}') AS data FROM events ORDER BY seq`,
      ),
      runs: await rows<HistoryRun>(
        `SELECT id, node_role_id AS "nodeRoleId", node_id AS "nodeId", attempt, state, reason FROM runs ORDER BY queued_at`,
      ),
      nodeRoles: await rows<HistoryNodeRole>(
        `SELECT nr.id, ro.name || ' on ' || n.name AS name, nr.node_id AS "nodeId", 'destructive' = ANY(ro.flags) AS destructive,
                coalesce(ro.name = $1, false) AS broken, nr.state, nr.unmet, nr.status
         FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id JOIN nodes n ON n.id = nr.node_id`,
        [brokenRole],
      ),
      edges: await rows(`SELECT parent_id AS "parentId", child_id AS "childId" FROM node_role_edges WHERE NOT pending`),
      effects,
    };
  } finally {
    await client.end();
  }
};

/** Reads what the effect recorder wrote. */
export const readEffects = (path: string): EffectLine[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EffectLine);
