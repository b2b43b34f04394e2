import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveConnection } from './connection.js';
import { keepSession, sessionsFile } from './sessions.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'anneal-home-'));
  env = { ANNEAL_HOME: home, XDG_CONFIG_HOME: join(home, 'config') };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const session = { token: 'of-login', actor: 'user:ada', expires_at: '2026-03-01T13:00:00.000Z' };

describe('the server a command speaks to', () => {
  it('is the one of this host when nothing is said', () => {
    expect(resolveConnection({}, env, NOW).address).toBe('http://127.0.0.1:7700');
    expect(resolveConnection({}, { ...env, ANNEAL_PORT: '7799' }, NOW).address).toBe('http://127.0.0.1:7799');
  });

  it('is the one that runs from this home, then ANNEAL_URL, then --url', () => {
    writeFileSync(join(home, 'address'), 'http://127.0.0.1:7701\n');
    expect(resolveConnection({}, env, NOW).address).toBe('http://127.0.0.1:7701');
    expect(resolveConnection({}, { ...env, ANNEAL_URL: 'https://admin.example.test/' }, NOW).address).toBe(
      'https://admin.example.test',
    );
    expect(resolveConnection({ url: 'http://[::1]:1' }, { ...env, ANNEAL_URL: 'http://b' }, NOW).address).toBe(
      'http://[::1]:1',
    );
  });

  it.each(['admin', 'ftp://admin', 'http://ada:secret@admin'])('is refused when it is %s', (url) => {
    expect(() => resolveConnection({ url }, env, NOW)).toThrow();
  });
});

describe('the token a command shows', () => {
  beforeEach(() => writeFileSync(join(home, 'admin-token'), 'of-home\n'));

  it('is that of ANNEAL_TOKEN, then of the login, then of the home', () => {
    expect(resolveConnection({}, env, NOW).token).toBe('of-home');
    keepSession('http://127.0.0.1:7700', session, env);
    expect(resolveConnection({}, env, NOW).token).toBe('of-login');
    expect(resolveConnection({}, { ...env, ANNEAL_TOKEN: 'of-env' }, NOW).token).toBe('of-env');
  });

  it('is not that of a session that has ended, nor of one with another server', () => {
    keepSession('http://127.0.0.1:7700', session, env);
    expect(resolveConnection({}, env, NOW + 2 * 3_600_000).token).toBe('of-home');
    expect(resolveConnection({ url: 'http://other:7700' }, env, NOW).token).toBeNull();
  });

  it('is never the one of this home on another host', () => {
    expect(resolveConnection({ url: 'http://10.0.0.9:7700' }, env, NOW)).toMatchObject({
      token: null,
      tokenFrom: null,
    });
    expect(resolveConnection({ url: 'http://127.0.0.1.example.test' }, env, NOW).token).toBeNull();
  });
});

describe('the file of sessions', () => {
  it('is for its owner alone, and gone with the last session', () => {
    keepSession('http://a', session, env);
    keepSession('http://b', session, env);
    expect(statSync(sessionsFile(env)).mode & 0o777).toBe(0o600);
    keepSession('http://a', null, env);
    expect(resolveConnection({ url: 'http://b' }, env, NOW).token).toBe('of-login');
    keepSession('http://b', null, env);
    expect(() => statSync(sessionsFile(env))).toThrow('ENOENT');
  });
});
