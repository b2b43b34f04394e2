import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureKeyPair, SshFirstLogin, SshSession } from '#machine';
import { startGuest, type Guest, type GuestOptions } from '#testkit';

/** A real sshd with real accounts, in a mount namespace of its own. */
describe('the first login on a machine of a cloud', () => {
  let home: string;
  let session: SshSession;
  let login: SshFirstLogin;
  let installation: string;
  let guest: Guest;
  let key: { readonly privateKey: string; readonly publicKey: string };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'anneal-first-login-'));
    const pair = ensureKeyPair(home);
    installation = pair.publicKey;
    session = new SshSession({ privateKey: { path: pair.privateKeyPath } });
    login = new SshFirstLogin(session);
  });
  afterAll(async () => {
    await session.close();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    key = login.makeKey();
  });
  afterEach(() => guest.stop());

  const start = async (over: Partial<GuestOptions> = {}) => {
    guest = await startGuest({ account: 'debian', publicKey: key.publicKey, ...over });
    return { name: 'cloud-1', address: '127.0.0.1', port: guest.port, privateKey: key.privateKey, hostKey: null };
  };

  it('finds the account, and lets root in by key and nobody by password', async () => {
    const reach = await start();
    expect(await login.logIn(reach, ['debian'], 60_000)).toEqual({
      kind: 'done',
      account: 'debian',
      hostKey: guest.hostKey,
      refused: [],
    });
    const visited = { ...reach, account: 'debian', hostKey: guest.hostKey };
    expect(await login.secure(visited, [installation, 'ssh-ed25519 AAAAother other'], 60_000)).toEqual({
      kind: 'done',
      offers: [],
      says: 'root logs in by key, nobody by password',
    });
    // Again, as after a process was killed in the middle.
    expect(await login.secure(visited, [installation, 'ssh-ed25519 AAAAother other'], 60_000)).toMatchObject({
      offers: [],
    });
    const known = readFileSync(join(guest.root, '.ssh/authorized_keys'), 'utf8');
    expect(known.split('\n').filter((line) => line === installation)).toHaveLength(1);
    expect(known).toContain('ssh-ed25519 AAAAother other');
  });

  it('takes the key of the node off the machine again, and makes sure of it', async () => {
    const reach = await start();
    const visited = { ...reach, account: 'debian', hostKey: guest.hostKey };
    await login.secure(visited, [installation], 60_000);
    expect(await login.forgetKey(visited, key.publicKey, 60_000)).toEqual({ kind: 'done' });
    expect(await login.forgetKey(visited, key.publicKey, 60_000)).toEqual({ kind: 'done' });
    expect(readFileSync(join(guest.home, '.ssh/authorized_keys'), 'utf8')).toBe('');
    expect(readFileSync(join(guest.root, '.ssh/authorized_keys'), 'utf8')).toBe(`${installation}\n`);
    expect(await login.logIn(reach, ['debian'], 20_000)).toMatchObject({ kind: 'not-yet' });
  });

  it('ends logins by password where the server reads one file alone', async () => {
    const reach = await start({ withoutInclude: true });
    const visited = { ...reach, account: 'debian', hostKey: guest.hostKey };
    expect(await login.secure(visited, [installation], 60_000)).toMatchObject({ kind: 'done', offers: [] });
    expect(await login.secure(visited, [installation], 60_000)).toMatchObject({ kind: 'done', offers: [] });
    expect(guest.config().match(/By Anneal/g)).toHaveLength(1);
  });

  it('asks for the account that the machine names itself, when others were guessed', async () => {
    const reach = await start({ account: 'operator7' });
    expect(await login.logIn(reach, ['ubuntu', 'root'], 60_000)).toMatchObject({
      kind: 'done',
      account: 'operator7',
      refused: ['ubuntu', 'root'],
    });
  });

  it('waits while no account knows the key yet, and goes nowhere when another machine answers', async () => {
    const reach = await start({ publicKey: login.makeKey().publicKey });
    expect(await login.logIn(reach, ['debian', 'ubuntu'], 60_000)).toEqual({
      kind: 'not-yet',
      says: 'cloud-1 lets the key into none of debian, ubuntu',
    });
    const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y';
    expect(await login.logIn({ ...reach, hostKey }, ['debian'], 60_000)).toMatchObject({
      kind: 'failed',
      says: expect.stringMatching(/is not the machine that was pinned/),
    });
    expect(await login.logIn({ ...reach, port: 1 }, ['debian'], 60_000)).toMatchObject({ kind: 'not-yet' });
  });
});
