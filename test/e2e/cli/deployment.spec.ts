import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import type { Anneal } from './anneal-command.js';
import { upHere, type UpHere } from './up.js';

const WEB = `
name: web
nodes:
  n1.example.test: [test-top]
  n2.example.test:
    roles:
      test-noop: { test-noop-delay: 20 }
      test-talks: { test-talks-lines: 5 }
`;

describe('a deployment by the command line', () => {
  let up: UpHere;
  let anneal: Anneal;
  const read = async (words: string | readonly string[]) =>
    JSON.parse((await anneal(typeof words === 'string' ? `${words} -o json` : [...words, '-o', 'json'])).out) as never;
  const states = async (deployment: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      ((await read(`deployments node-roles ${deployment}`)) as { name: string; state: string }[]).map(
        ({ name, state }) => [name, state],
      ),
    );

  beforeAll(async () => {
    up = await upHere('cli-deployment');
    anneal = up.anneal;
    expect(await anneal(['barclamps', 'import', join(CHECKOUT, 'libs', 'catalog', 'barclamps', 'test')])).toMatchObject(
      { code: 0, out: 'test\n' },
    );
    for (const node of ['n1', 'n2'])
      expect((await anneal(`nodes create ${node}.example.test probed=false alive=true`)).code).toBe(0);
  });
  afterAll(async () => {
    if (up) expect(await up.stop()).toMatchObject({ code: 0 });
  });

  it('begins with an address and a one-time code', () => {
    expect(up.said).toEqual([
      expect.stringMatching(/^Anneal is up: http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^One-time code .*: [-A-Z0-9]+$/),
    ]);
  });

  it('has a worker that leads it, and is told how its loops do', async () => {
    const [worker] = (await read('workers list')) as { name: string; state: string; leads: boolean; queue: object }[];
    expect(worker).toMatchObject({ state: 'live', leads: true });
    const table = (await anneal('workers list')).out;
    expect(table).toMatch(/^NAME +STATE +LEADS +RUNS +QUEUE +WAITING/);
    expect(table).toMatch(new RegExp(`^${worker!.name} +LIVE +yes `, 'm'));
    expect((await anneal(['workers', 'show', worker!.name])).out).toMatch(/rescue/);
    expect(await anneal('workers show nobody:1')).toMatchObject({ code: 3 });
    // Another list without pages.
    expect((await read('jigs list')) as object[]).toContainEqual(expect.objectContaining({ name: 'test' }));
  });

  it('is shown before it is made, by the server, which keeps nothing of it', async () => {
    const diff = await anneal('diff -f -', { input: WEB });
    expect(diff).toMatchObject({ code: 1, err: '' });
    expect(diff.out).toContain('+ deployment web\n~ test-noop@n2.example.test test-noop-delay: 20\n');
    // With what the wanted role needs, in the order in which it runs.
    expect(diff.out).toMatch(
      /1\. .*test-client@n1.*\n +2\. test-base@n1.*\n +3\. test-left@n1.*, test-right@n1.*\n +4\. test-top@n1/,
    );
    expect(await anneal('deployments show web')).toMatchObject({ code: 3 });
    expect(await anneal('apply -f - --dry-run', { input: WEB })).toMatchObject({ code: 0, out: diff.out });
    expect(await anneal('deployments show web')).toMatchObject({ code: 3 });
  });

  it('is made and settles, and making it again changes nothing', async () => {
    const applied = await anneal('apply -f - --wait --note first', { input: WEB });
    expect(applied).toMatchObject({ code: 0, out: 'web is committed as snapshot 1: 7 new, 0 to run again.\n' });
    expect(applied.err).toMatch(/^web: 7 ACTIVE$/m);
    expect(new Set(Object.values(await states('web')))).toEqual(new Set(['active']));
    expect(await anneal('diff -f -', { input: WEB })).toMatchObject({ code: 0, out: 'web is as the file says.\n' });
    expect(await anneal('apply -f -', { input: WEB })).toMatchObject({ code: 0, out: 'web is as the file says.\n' });
    expect(((await read('snapshots list web')) as unknown[]).length).toBe(1);
    expect(await anneal('wait --timeout 20s')).toMatchObject({ code: 0 });
    expect((await anneal('status')).out).toMatch(/^settled: 7 ACTIVE\n2 nodes\n$/);
    expect(await anneal('audit --graph')).toMatchObject({
      code: 0,
      out: '7 noderoles, and nothing is wrong with their graph.\n',
    });
  });

  it('runs again exactly what a changed value is for', async () => {
    const changed = WEB.replace('test-noop-delay: 20', 'test-noop-delay: 30');
    const said = await anneal('diff -f - -o json', { input: changed });
    expect(said.code).toBe(1);
    const [{ preview, values }] = JSON.parse(said.out) as [
      { preview: { rerun: { name: string; because: string[] }[]; added: unknown[] }; values: unknown[] },
    ];
    expect(values).toEqual([{ of: 'test-noop@n2.example.test', attrib: 'test-noop-delay', before: 20, after: 30 }]);
    expect(preview).toMatchObject({
      rerun: [{ name: 'test-noop@n2.example.test', because: ['test-noop-delay'] }],
      added: [],
    });
    expect(await anneal('apply -f - --wait', { input: changed })).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 new, 1 to run again'),
    });
    const runs = (await read('node-roles runs test-noop@n2.example.test')) as unknown[];
    expect(runs).toHaveLength(2);
    expect((await anneal('snapshots diff web 1 2')).out).toBe('~ test-noop@n2.example.test test-noop-delay: 20 → 30\n');
  });

  it('shows the log of a run, also while it goes on', async () => {
    expect((await anneal('logs test-talks on n2.example.test')).out).toBe(
      [1, 2, 3, 4, 5].map((line) => `  line ${line}\n`).join(''),
    );
    expect((await anneal('logs test-talks@n2.example.test --tail 2')).out).toBe('  line 4\n  line 5\n');
    await anneal('attribs set test-talks@n2.example.test test-talks-lines=400 test-talks-delay=400');
    expect((await anneal('attribs get test-talks@n2.example.test test-talks-lines')).out).toBe('5\n');
    await anneal('deployments commit web');
    const followed = await anneal('logs -f test-talks@n2.example.test --after 0 -o name');
    expect(await anneal('wait deployments/web --timeout 20s')).toMatchObject({ code: 0 });
    expect(followed).toMatchObject({ code: 0 });
    expect((await anneal('logs -f test-talks@n2.example.test -o name')).out.trim().split('\n')).toEqual(
      Array.from({ length: 400 }, (_none, index) => String(index + 1)),
    );
  });

  it('that fails says so by its exit code, and explain says why and what would help', async () => {
    const bad = 'name: bad\nnodes:\n  n1.example.test: [test-fails-alone]\n';
    const applied = await anneal('apply -f - --wait --timeout 30s', { input: bad });
    expect(applied).toMatchObject({
      code: 1,
      err: expect.stringContaining('test-fails-alone on n1.example.test is in ERROR'),
    });
    const explained = await anneal('explain test-fails-alone on n1.example.test');
    expect(explained.out).toMatch(/^test-fails-alone on n1\.example\.test is in ERROR: the role was told to fail\.\n/);
    expect(explained.out).toContain('$ anneal node-roles retry test-fails-alone@n1.example.test');
    expect((await anneal('explain deployments/bad')).out).toContain('1 of 1 noderoles of bad');
    expect(await anneal('wait deployments/bad --patient --timeout 200ms')).toMatchObject({ code: 5 });
    const { out: status } = await anneal('status');
    expect(status).toMatch(/^stuck: /);
    expect(status).toMatch(/failed, in the last 5 min\n  ERROR for longest: \S+@\S+, \d+ s\n/);
    await anneal('attribs set test-fails-alone@bad test-fails-alone-fail=false');
    expect(await anneal('deployments commit bad')).toMatchObject({ code: 0 });
    expect(await anneal('node-roles retry test-fails-alone@n1.example.test --wait')).toMatchObject({ code: 0 });
  });

  it('that destroys is not made unasked, nor by somebody who cannot be asked', async () => {
    const wipe = 'name: wipe\nnodes:\n  n1.example.test: [test-destructive]\n';
    expect(await anneal('apply -f -', { input: wipe })).toMatchObject({
      code: 2,
      err: expect.stringContaining('Add --yes'),
    });
    expect(await anneal('deployments show wipe')).toMatchObject({ code: 3 });
    expect(await anneal('apply -f - --yes --wait', { input: wipe })).toMatchObject({ code: 0 });
    // Done once, it asks for the name of its node before it is done again.
    expect(await anneal('node-roles retry test-destructive@n1.example.test')).toMatchObject({ code: 4 });
    expect(await anneal('node-roles retry test-destructive@n1.example.test --yes --wait')).toMatchObject({ code: 0 });
  });

  it('may go in waves of nodes', async () => {
    const waves =
      'name: waves\nnodes:\n  n1.example.test: [test-slow, test-urgent]\n  n2.example.test: [test-urgent]\nroles:\n  test-slow: { test-slow-delay: 10 }\n';
    const applied = await anneal('apply -f - --wave 1 --max-failures 50% --wait --timeout 60s', { input: waves });
    expect(applied).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^waves is committed as snapshot 1 in 2 waves \(rollout [-0-9a-f]+\): 3 new/),
    });
    const [rollout] = (await read('rollouts list')) as {
      state: string;
      wave_size: number;
      stop_failed_percent: number;
    }[];
    expect(rollout).toMatchObject({ state: 'done', wave_size: 1, stop_failed_percent: 50 });
  });

  it('loses what its file no longer names only with --prune, and keeps what the rest needs', async () => {
    const less = 'name: web\nnodes:\n  n1.example.test: [test-top]\n';
    expect(await anneal('diff -f -', { input: less })).toMatchObject({ code: 0 });
    const diff = await anneal('diff -f - --prune', { input: less });
    expect(diff).toMatchObject({
      code: 1,
      out: 'deployment web\n- test-noop@n2.example.test\n- test-talks@n2.example.test\n',
    });
    expect(await anneal('apply -f - --prune', { input: less })).toMatchObject({
      code: 2,
      err: expect.stringContaining('are unbound. Go on?'),
    });
    expect(await anneal('apply -f - --prune --yes', { input: less })).toMatchObject({ code: 0 });
    expect(Object.keys(await states('web')).sort()).toEqual(
      ['test-base', 'test-client', 'test-left', 'test-right', 'test-top'].map((role) => `${role}@n1.example.test`),
    );
  });

  it('that cannot be made is refused whole, with what is wrong', async () => {
    const before = await read('node-roles list --fields name,state');
    for (const [file, code, says] of [
      ['name: x\nnodes: { n1.example.test: [test-nowhere] }', 3, 'test-nowhere'],
      ['name: x\nnodes: { nowhere.example.test: [test-noop] }', 3, 'nowhere.example.test'],
      ['name: x\nnodes: { n1.example.test: [test-noop, test-abstract] }', 4, 'abstract'],
      ['name: x\nnodes: { n2.example.test: [test-provider, test-rival] }', 4, 'test-rival'],
      [
        'name: x\nnodes: { n1.example.test: { roles: { test-noop: { test-noop-dely: 5 } } } }',
        2,
        'has no attribute test-noop-dely',
      ],
      [
        'name: x\nnodes: { n1.example.test: { roles: { test-noop: { test-noop-delay: soon } } } }',
        2,
        'test-noop-delay',
      ],
      [
        'name: x\nnodes: { n1.example.test: [test-top] }',
        4,
        'Already bound elsewhere: test-top@n1.example.test in web',
      ],
      ['name: web\nparent: elsewhere', 4, 'stands below system'],
    ] as const) {
      const applied = await anneal('apply -f -', { input: file });
      expect(applied, file).toMatchObject({ code, err: expect.stringContaining(says) });
      expect(await anneal('deployments show x'), file).toMatchObject({ code: 3 });
    }
    expect(await read('node-roles list --fields name,state')).toEqual(before);
  });

  it('takes in the nodes that belong to it, with what is proposed on them', async () => {
    await anneal('nodes create n3.example.test probed=false alive=true');
    await anneal('node-roles bind test-noop n3.example.test');
    const file = 'name: web\nnodes:\n  n3.example.test: { member: true, roles: [test-noop, test-talks] }\n';
    const diff = await anneal('diff -f -', { input: file });
    expect(diff).toMatchObject({ code: 1, out: expect.stringContaining('~ n3.example.test moves here from system\n') });
    expect((await read('nodes show n3.example.test')) as object).toMatchObject({ deployment: 'system' });
    expect(await anneal('apply -f - --wait --timeout 60s', { input: file })).toMatchObject({ code: 0 });
    expect((await read('nodes show n3.example.test')) as object).toMatchObject({ deployment: 'web' });
    expect(await states('web')).toMatchObject({
      'test-noop@n3.example.test': 'active',
      'test-talks@n3.example.test': 'active',
    });
    expect(await anneal('diff -f -', { input: file })).toMatchObject({ code: 0 });
    const away = 'name: other\nnodes:\n  n3.example.test: { member: true, roles: [test-noop] }\n';
    expect(await anneal('apply -f -', { input: away })).toMatchObject({ code: 4 });
    expect((await read('nodes show n3.example.test')) as object).toMatchObject({ deployment: 'web' });
    const nowhere = 'name: web\nnodes: { nowhere.example.test: { member: true } }';
    expect(await anneal('apply -f -', { input: nowhere })).toMatchObject({ code: 3 });
  });

  it('is not worked on while its node is away', async () => {
    await anneal('nodes update n2.example.test alive=false');
    await anneal('node-roles bind test-noop n2.example.test --deployment web');
    await anneal('deployments commit web');
    expect((await anneal('explain test-noop@n2.example.test')).out).toContain('n2.example.test is not alive');
    expect(await anneal('wait test-noop@n2.example.test --timeout 300ms')).toMatchObject({ code: 5 });
    const waiting = anneal('wait test-noop@n2.example.test --for state=ACTIVE --timeout 30s');
    await anneal('nodes update n2.example.test alive=true');
    expect(await waiting).toMatchObject({ code: 0 });
    expect(await anneal('node-roles unbind test-noop@n2.example.test --yes')).toMatchObject({
      code: 0,
      out: 'test-noop@n2.example.test\n',
    });
    expect(await anneal('node-roles show test-noop@n2.example.test')).toMatchObject({ code: 3 });
  });
});
