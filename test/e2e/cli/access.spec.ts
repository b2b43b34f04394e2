import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../rest/running-server.js';
import { annealWith, start, type Anneal } from './anneal-command.js';

const PASSWORD = 'correct horse battery staple';

describe('the command line against a real server', () => {
  let running: RunningServer;
  let anneal: Anneal;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    running = await startServer('cli-access');
    env = { ANNEAL_URL: running.url, ANNEAL_HOME: running.home, XDG_CONFIG_HOME: join(running.home, 'config') };
    anneal = annealWith(env);
  });
  afterAll(() => running.stop());

  it('logs in with the one-time code, keeps the session to itself, and logs out', async () => {
    const code = /: (.+)$/.exec(running.server.say[0]!)![1]!;
    const login = await anneal(['login', 'alice', '--code', code, '--password-stdin'], { input: `${PASSWORD}\n` });
    expect(login).toMatchObject({ code: 0, out: '', err: expect.stringContaining('as alice (admin)') });
    const file = join(running.home, 'config', 'anneal', 'sessions.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(PASSWORD);
    await anneal('users create bob role=operator');
    const [row] = JSON.parse((await anneal('audit --limit 1 -o json')).out) as { actor: string; action: string }[];
    expect(row).toMatchObject({ actor: 'alice', action: 'users.create' });
    expect(await anneal('logout')).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
    expect(await anneal('login alice --password-stdin', { input: 'something else\n' })).toMatchObject({ code: 1 });
  });

  it('makes, shows, changes, lists and deletes, with the token of this host', async () => {
    const made = await anneal(['users', 'create', 'ada', 'role=operator', 'display=Ada L.', '-o', 'json']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(made.out)).toMatchObject({ name: 'ada', role: 'operator', version: 1 });
    expect((await anneal('users update ada role=viewer -o json')).code).toBe(0);
    expect((await anneal('users lock ada')).code).toBe(0);
    const shown = await anneal('users show ada');
    expect(shown.out).toMatch(/^role +viewer$/m);
    expect(shown.out).toMatch(/^locked +yes$/m);
    const listed = await anneal(['users', 'list', '--filter', 'role eq viewer', '--fields', 'name,role']);
    expect(listed.out).toBe('NAME   ROLE\nada    viewer\n');
    expect(
      (await anneal(['users', 'list', '--no-headers', '--fields', 'name', '--filter', 'role eq viewer'])).out,
    ).toBe('ada\n');
    expect((await anneal(['users', 'list', '-o', 'name', '--filter', 'role eq viewer'])).out).toBe('ada\n');
    expect((await anneal('users list -o yaml')).out).toMatch(/^- id: .*\n {2}name: ada$/m);
    expect(await anneal('users delete ada --yes')).toMatchObject({ code: 0, err: 'user ada deleted\n' });
    expect(await anneal(['users', 'list', '-o', 'json', '--filter', 'role eq viewer'])).toMatchObject({
      code: 0,
      out: '[]\n',
    });
  });

  it('says what is wrong, and ends with the code for it', async () => {
    expect(await anneal('users show nobody')).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/^error: .*nobody/),
    });
    await anneal('groups create rack-1');
    expect(await anneal('users create eve role=operator')).toMatchObject({ code: 0 });
    expect(await anneal('users create eve role=operator')).toMatchObject({ code: 4 });
    expect(await anneal('users create mallory role=king')).toMatchObject({
      code: 2,
      err: expect.stringContaining('/role'),
    });
    expect(await anneal('users create mallory colour=red')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no field colour here'),
    });
    expect(await anneal(['users', 'list', '--filter', 'size eq 3'])).toMatchObject({ code: 2 });
    expect(await anneal('users list', { env: { ANNEAL_TOKEN: 'anneal_wrong' } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('anneal login'),
    });
    expect(await anneal('users frobnicate')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown command'),
    });
    expect(await anneal('users delete eve')).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') });
    expect(await anneal('users update eve role=viewer --if-version 77')).toMatchObject({
      code: 4,
      err: expect.stringContaining('changed it meanwhile'),
    });
  });

  it('goes on with the others when one of several fails', async () => {
    await anneal('users create one role=viewer');
    await anneal('users create two role=viewer');
    const ended = await anneal('users delete one nobody two --yes');
    expect(ended.code).toBe(3);
    expect(ended.err).toMatch(/user one deleted\nnobody: error: .*\n(.*\n)*user two deleted\n$/);
  });

  it('prints the secret of a token alone, so that a shell can take it', async () => {
    const { out } = await anneal('tokens create ci --role viewer --expires 1h');
    expect(out).toMatch(/^anneal_\S+\n$/);
    expect((await anneal('events', { env: { ANNEAL_TOKEN: out } })).code).toBe(0);
    expect(await anneal('users create eve2 role=viewer', { env: { ANNEAL_TOKEN: out } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('viewer'),
    });
  });

  it('changes settings, under the version that it read', async () => {
    expect((await anneal('settings set runs_at_once_max 50 -o json')).out).toContain('"value": 50');
    expect(await anneal('settings set runs_at_once_max many')).toMatchObject({ code: 2 });
    expect((await anneal('settings list')).out).toMatch(/^runs_at_once_max +50 /m);
  });

  it('tells every request on stderr with --trace', async () => {
    const { err } = await anneal('users list --trace');
    expect(err).toMatch(/^GET \/api\/v2\/users\?limit=1000 200 \d+ ms trace [0-9a-f]{32}\n$/);
  });

  it('follows the history from a number on, and ends when it is told', async () => {
    const { seq } = (JSON.parse((await anneal('events --limit 1 -o json')).out) as { seq: number }[]).at(-1)!;
    for (const name of ['e1', 'e2', 'e3']) await anneal(`nodes create ${name}.example.test`);
    const after = JSON.parse((await anneal(`events --after ${seq + 1} -o json`)).out) as {
      seq: number;
      kind: string;
    }[];
    expect(after[0]).toMatchObject({ seq: seq + 2, kind: 'node.created' });
    const watching = start(['events', '--watch', '--after', String(seq), '-o', 'json'], env);
    const seen: number[] = [];
    for await (const line of watching.lines()) {
      seen.push((JSON.parse(line) as { seq: number }).seq);
      if (seen.length === 3) watching.child.kill('SIGTERM');
    }
    expect(seen).toEqual([seq + 1, seq + 2, seq + 3]);
    expect((await watching.ended).code).toBe(143);
  });

  it('has nothing of the server to blame', () => expect(running.faults).toEqual([]));
});
