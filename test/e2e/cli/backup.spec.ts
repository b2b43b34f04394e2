import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { startServer, type RunningServer } from '../rest/running-server.js';
import { start } from './anneal-command.js';

describe('a backup', () => {
  let folder: string;
  let running: RunningServer;
  let other: FreshDatabase;
  let file: string;
  const anneal = (words: string, databaseUrl: string) =>
    start(words.split(' '), { DATABASE_URL: databaseUrl, ANNEAL_HOME: join(folder, 'home'), HOME: folder }).ended;
  /** The lines of a backup after its header, which has the time. */
  const linesOf = (path: string): string[] =>
    gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(1);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'anneal-backup-'));
    file = join(folder, 'all.gz');
    running = await startServer('cli-backup');
    await running.populate();
    // What a text can lose on its way: digits, nulls inside of JSON, bytes, arrays, quotes.
    await running.query(
      `UPDATE nodes SET inventory = '{"n": 12345678901234567890, "x": null, "q": "\\"\\\\ü\\n"}', macs = '{"aa,bb","\\"c\\"",NULL}'`,
    );
    await running.query(`UPDATE attribs SET default_value = 'null'::jsonb WHERE name = 'crates'`);
    other = await freshDatabase('cli-restore', { migrated: false });
  });
  afterAll(async () => {
    await running?.stop();
    await other?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken while everything runs, and readable by its owner alone', async () => {
    expect(await anneal(`backup ${file}`, running.databaseUrl)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^wrote \d+ rows of \d+ tables/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await anneal(`backup ${file}`, running.databaseUrl)).toMatchObject({ code: 4 });
  });

  it('does not take the place of what somebody uses', async () => {
    expect(await anneal(`restore ${file} --yes`, running.databaseUrl)).toMatchObject({
      code: 4,
      err: expect.stringContaining('in use by anneal'),
    });
  });

  it('is put into another database as it was, to the last digit', async () => {
    expect(await anneal(`restore ${file}`, other.url)).toMatchObject({
      code: 2,
      err: expect.stringContaining('Add --yes'),
    });
    expect(await anneal(`restore ${file} --yes`, other.url)).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^restored \d+ rows as of /),
    });
    expect(await anneal(`backup ${join(folder, 'again.gz')}`, other.url)).toMatchObject({ code: 0 });
    expect(linesOf(join(folder, 'again.gz'))).toEqual(linesOf(file));
  });

  it('takes the place of what was there, and is whole: keys and constraints too', async () => {
    const client = new pg.Client(other.url);
    await client.connect();
    await client.query(`INSERT INTO groups (id, name) VALUES (gen_random_uuid(), 'later')`);
    await client.end();
    expect(await anneal(`restore ${file} --yes`, other.url)).toMatchObject({ code: 0 });
    const after = new pg.Client(other.url);
    await after.connect();
    try {
      expect((await after.query(`SELECT 1 FROM groups WHERE name = 'later'`)).rowCount).toBe(0);
      const constraints = `SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS says FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1`;
      expect((await after.query(constraints)).rows).toEqual(await running.query(constraints));
      await expect(
        after.query(`INSERT INTO audit (actor, action, subject, status) VALUES ('a', 'b', 'c', 200)`),
      ).resolves.toMatchObject({ rowCount: 1 });
    } finally {
      await after.end();
    }
  });

  it('that is damaged, cut off, of another kind, or newer changes nothing', async () => {
    const before = join(folder, 'before.gz');
    await anneal(`backup ${before}`, other.url);
    const whole = readFileSync(file);
    const lines = gunzipSync(whole).toString('utf8').trimEnd().split('\n');
    const header = JSON.parse(lines[0]!) as { migrations: unknown[] };
    const zipped = (text: readonly string[]) => gzipSync(text.map((line) => `${line}\n`).join(''));
    for (const [name, bytes, says] of [
      ['cut', whole.subarray(0, whole.length - 2_000), 'damaged'],
      ['endless', zipped(lines.slice(0, -1)), 'no end'],
      ['short', zipped([...lines.slice(0, -3), ...lines.slice(-2)]), 'should have'],
      ['mixed', zipped([...lines.slice(0, 2), '["not", "a", "row"]', ...lines.slice(2)]), 'The backup is damaged'],
      ['text', Buffer.from('hello'), 'no backup'],
      ['headless', zipped(lines.slice(1)), 'no header'],
      [
        'newer',
        zipped([
          JSON.stringify({ ...header, migrations: [...header.migrations, { name: '9999-later', digest: 'x' }] }),
          ...lines.slice(1),
        ]),
        '9999-later',
      ],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      expect(await anneal(`restore ${path} --yes`, other.url), name).toMatchObject({
        code: 2,
        err: expect.stringContaining(says),
      });
    }
    await anneal(`backup ${join(folder, 'after.gz')}`, other.url);
    expect(linesOf(join(folder, 'after.gz'))).toEqual(linesOf(before));
  });
});
