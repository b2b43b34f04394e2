import type { PoolClient } from 'pg';
import type { KeptSecretsStore, UnsealedDefault, UnsealedDocument, UnsealedKey } from '#app';
import type { Json, JsonObject } from '#core';

/** Documents that hold attributes: where they are, what names them, and how to come to the role (or node) they are of. */
const PLACES = [
  ...['proposed_data', 'committed_data', 'wall'].map((column) => ({ table: 'deployment_roles', key: 'id', column })),
  ...['proposed_data', 'committed_data', 'wall', 'sysdata'].map((column) => ({
    table: 'node_role_data',
    key: 'node_role_id',
    column,
  })),
  { table: 'roles', key: 'id', column: 'template' },
  ...['hints', 'inventory'].map((column) => ({ table: 'nodes', key: 'id', column })),
] as const;

const OWNERS: Readonly<Record<string, string>> = {
  deployment_roles: 's.role_id = t.role_id',
  node_role_data: 's.role_id = (SELECT nr.role_id FROM node_roles nr WHERE nr.id = t.node_role_id)',
  roles: 's.role_id = t.id',
  nodes: 's.role_id IS NULL',
};

/** Whether a value is plain, or sealed by another key than the one of `$1`; a value that hides others is none. */
const unsealed = (value: string): string =>
  `${value} IS NOT NULL AND ${value} <> '{"$unset": true}' AND (jsonb_typeof(${value}) <> 'object' OR NOT (${value} ? '$sealed')
     OR ($1::text IS NOT NULL AND position(':' || $1 IN ${value} ->> '$sealed') = 0))`;

const DOCUMENTS = PLACES.map(
  ({ table, key, column }) =>
    `SELECT '${table}.${column}' AS place, t.${key}::text AS id, t.${column} AS document,
       (SELECT jsonb_agg(jsonb_build_object('name', s.name, 'map', s.map, 'secret', true)) FROM s WHERE ${OWNERS[table]}) AS attribs
     FROM ${table} t WHERE EXISTS (SELECT FROM s WHERE ${OWNERS[table]} AND ${unsealed(`t.${column} #> s.path`)})`,
).join('\nUNION ALL\n');

/** Table and column of each kind of key. */
const KEYS: Readonly<Record<UnsealedKey['place'], readonly [string, string]>> = {
  hooks: ['hooks', 'signing_key'],
  dns_servers: ['dns_servers', 'key_secret'],
  providers: ['providers', 'secret'],
};

export class PgKeptSecretsStore implements KeptSecretsStore {
  constructor(private readonly client: PoolClient) {}

  async documents(mark: string | null, limit: number): Promise<UnsealedDocument[]> {
    // Most installations have no secret attribute at all, and then no table is read.
    const { rows: any } = await this.client.query(`SELECT FROM attribs WHERE secret LIMIT 1`);
    if (any.length === 0) return [];
    const { rows } = await this.client.query<UnsealedDocument>(
      `WITH s AS MATERIALIZED (SELECT role_id, name, map, string_to_array(map, '/') AS path FROM attribs WHERE secret)
       SELECT * FROM (${DOCUMENTS}) AS found LIMIT $2`,
      [mark, limit],
    );
    return rows;
  }

  async putDocument(
    { place, id }: Pick<UnsealedDocument, 'place' | 'id'>,
    before: JsonObject,
    after: JsonObject,
  ): Promise<void> {
    const known = PLACES.find(({ table, column }) => `${table}.${column}` === place);
    if (!known) throw new Error(`there are no documents in ${place}`);
    // Somebody may have edited it in between: then it was sealed by that edit.
    await this.client.query(
      `UPDATE ${known.table} SET ${known.column} = $3 WHERE ${known.key} = $1 AND ${known.column} = $2`,
      [id, JSON.stringify(before), JSON.stringify(after)],
    );
  }

  async defaults(mark: string | null): Promise<UnsealedDefault[]> {
    const { rows } = await this.client.query<UnsealedDefault>(
      `SELECT id, name AS attrib, default_value AS value FROM attribs WHERE secret AND ${unsealed('default_value')}`,
      [mark],
    );
    return rows;
  }

  async putDefault(id: string, value: Json): Promise<void> {
    await this.client.query(`UPDATE attribs SET default_value = $2 WHERE id = $1`, [id, JSON.stringify(value)]);
    await this.client.query(`UPDATE catalog_generation SET value = value + 1`);
  }

  async keys(mark: string | null): Promise<UnsealedKey[]> {
    const { rows } = await this.client.query<UnsealedKey>(
      `SELECT * FROM (SELECT 'hooks' AS place, id, signing_key AS key FROM hooks
         UNION ALL SELECT 'dns_servers', id, key_secret FROM dns_servers
         UNION ALL SELECT 'providers', id, secret FROM providers) AS kept
       WHERE key IS NOT NULL AND NOT starts_with(key, coalesce($1, 'sealed:'))`,
      [mark],
    );
    return rows;
  }

  async putKey({ place, id }: Pick<UnsealedKey, 'place' | 'id'>, key: string): Promise<void> {
    const [table, column] = KEYS[place];
    await this.client.query(`UPDATE ${table} SET ${column} = $2 WHERE id = $1`, [id, key]);
  }
}
