import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHECKOUT, freePort, freshDatabase, isReadyMessage, type FreshDatabase } from '#runtime';
import { callerOf } from './running-server.js';

const MAIN = join(CHECKOUT, 'dist/apps/server/src/main.js');
/** Milliseconds in which a server that is told to end must have ended. */
const END_WITHIN_MS = 8_000;

describe('the server process', () => {
  let database: FreshDatabase;
  let home: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    database = await freshDatabase('server_process');
    home = mkdtempSync(join(tmpdir(), 'anneal-process-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  });

  const start = async (port: number): Promise<{ child: ChildProcess; say: readonly string[] }> => {
    const env = {
      ...process.env,
      DATABASE_URL: database.url,
      ANNEAL_HOME: home,
      ANNEAL_PORT: String(port),
      ANNEAL_LISTEN: '127.0.0.1',
      ANNEAL_SHIPPED_BARCLAMPS: 'no',
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    children.push(child);
    const [message] = (await once(child, 'message')) as [unknown];
    if (!isReadyMessage(message)) throw new Error(`the server said ${JSON.stringify(message)}`);
    return { child, say: message.say };
  };
  const endOf = async (child: ChildProcess): Promise<{ code: number | null; ms: number }> => {
    const began = performance.now();
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, ms: performance.now() - began };
  };
  const openStream = async (port: number): Promise<Response> => {
    const token = readFileSync(join(home, 'admin-token'), 'utf8').trim();
    return fetch(`http://127.0.0.1:${port}/api/v2/events/stream`, { headers: { authorization: `Bearer ${token}` } });
  };

  it('says the one-time code when it is ready, and the same one after a restart until it was used', async () => {
    const port = await freePort();
    const first = await start(port);
    expect(first.say.join()).toMatch(/one-time code .*: [A-Z2-9]{4}(-[A-Z2-9]{4}){3}/i);
    first.child.kill('SIGKILL');
    await endOf(first.child);
    const second = await start(port);
    expect(second.say).toEqual(first.say);
    const code = /: (.+)$/.exec(second.say[0]!)![1];
    const made = await callerOf(`http://127.0.0.1:${port}`, null)('POST', 'setup', {
      body: { code, name: 'alice', password: 'a password of some length' },
    });
    expect(made.status).toBe(201);
    expect(existsSync(join(home, 'setup-code'))).toBe(false);
    second.child.kill('SIGTERM');
    await endOf(second.child);
    expect((await start(port)).say).toEqual([]);
  });

  it('ends in time on SIGTERM, with streams open', async () => {
    const port = await freePort();
    const { child } = await start(port);
    const stream = await openStream(port);
    expect(stream.status).toBe(200);
    const ended = endOf(child);
    child.kill('SIGTERM');
    await stream.text().catch(() => undefined);
    const { code, ms } = await ended;
    expect(code).toBe(0);
    expect(ms).toBeLessThan(END_WITHIN_MS);
  });

  it('ends when its supervisor has vanished', async () => {
    const { child } = await start(await freePort());
    const ended = endOf(child);
    child.disconnect();
    expect((await ended).code).toBe(0);
  });

  it('keeps the token of its host over restarts, and replaces it when the database is another one', async () => {
    const port = await freePort();
    const token = (): string => readFileSync(join(home, 'admin-token'), 'utf8');
    const { child } = await start(port);
    const first = token();
    child.kill('SIGTERM');
    await endOf(child);
    const again = await start(port);
    expect(token()).toBe(first);
    again.child.kill('SIGTERM');
    await endOf(again.child);
    await database.drop();
    database = await freshDatabase('server_process');
    await start(port);
    expect(token()).not.toBe(first);
  });
});
