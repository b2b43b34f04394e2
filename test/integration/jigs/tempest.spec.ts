import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  encodePacket,
  gatherOutcomes,
  idOf,
  readToldByNode,
  SubunitDecoder,
  asSuiteTest,
  type JsonObject,
  type NodeId,
} from '#core';
import { maskOf, type JigOutcome, type Reach } from '#app';
import { TempestJig } from '#jigs';
import { SshSession } from '#machine';
import {
  MemoryCertificationBook,
  packets,
  stageRun,
  startFakeCloud,
  startSshd,
  testPackets,
  Wire,
  writeFakeTempest,
  type FakeCloud,
  type FakeTempest,
  type StagedRun,
  type SuiteStep,
  type TestSshd,
} from '#testkit';

const CLASS = 'tempest.api.identity.test_tokens.Tokens';
const idsOf = (...words: string[]): string[] => words.map((word) => `${CLASS}.test_${word}[id-${word},smoke]`);
const IDS = idsOf('one', 'two', 'three', 'four');
const [ONE, TWO, THREE, FOUR] = IDS as [string, string, string, string];
const nameOf = (id: string): string => asSuiteTest(id).name;

let sshd: TestSshd;
let cloud: FakeCloud;
let folder: string;
let session: SshSession;
let suite: FakeTempest;
let book: MemoryCertificationBook;
let reach: Reach;

beforeAll(async () => {
  sshd = await startSshd();
  cloud = await startFakeCloud();
});
afterAll(async () => {
  await session?.close();
  await sshd?.stop();
  await cloud?.close();
});

beforeEach(async () => {
  await session?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync('/var/tmp/anneal-tempest-');
  suite = writeFakeTempest(folder);
  book = new MemoryCertificationBook();
  session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
  cloud.faults.clear();
  cloud.asked.length = 0;
  reach = {
    nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000001'),
    ...{ name: 'tester.test', address: '127.0.0.1', sshPort: sshd.port, hostKey: sshd.hostKey },
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jig = (over: SshSession = session): TempestJig =>
  new TempestJig({
    ...{ session: over, book, path: suite.path },
    folders: () => ({ state: join(folder, 'state'), run: join(folder, 'run') }),
  });

const attribs = (certification: string, more: JsonObject = {}): JsonObject => ({
  'certify-order': { certification },
  'certify-gate': 'none',
  'openstack-region': 'RegionOne',
  'keystone-endpoint': { url: cloud.identityUrl },
  'keystone-admin-password': cloud.password,
  'tempest-cloud': {
    compute: { image_ref: 'image-1', image_ref_alt: 'image-2', flavor_ref: '42', flavor_ref_alt: '84' },
    validation: { image_ssh_user: 'cirros' },
  },
  ...more,
});

/** Orders a certification and stages its run. */
function stage(loadList: readonly string[] = IDS, more: JsonObject = {}): { certification: string; run: StagedRun } {
  const certification = randomUUID();
  book.order(certification, { loadList });
  return { certification, run: again(certification, more) };
}

const again = (certification: string, more: JsonObject = {}): StagedRun =>
  stageRun({
    node: reach,
    roleName: 'openstack-certify',
    attribs: attribs(certification, more),
    mask: maskOf([cloud.password]),
  });

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const anyAlive = (): boolean =>
  read(suite.pidsPath)
    .split('\n')
    .some((pid) => pid !== '' && read(`/proc/${pid}/stat`) !== '' && !read(`/proc/${pid}/stat`).includes(') Z '));

/** What is left of a stream when it is read again, as whoever gets the evidence does. */
const readAgain = (certification: string): Record<string, string> => {
  const decoder = new SubunitDecoder();
  const items = [...decoder.push(book.stream(certification)), ...decoder.finish()];
  const found = items.flatMap((item) => (item.kind === 'packet' ? [item.packet] : []));
  const { outcomes } = gatherOutcomes(IDS.map(asSuiteTest), found, 'the end');
  return Object.fromEntries(outcomes.map(({ name, status }) => [name, status]));
};

describe('a run', () => {
  it('is over when the suite has ended, whatever its tests said, and everything is in the book', async () => {
    suite.replay({
      exit: 1,
      tests: {
        [TWO]: [packets(...testPackets(TWO, 'fail', { text: 'Traceback:\nError: no such token\n', seconds: 3 }))],
        [THREE]: [packets(...testPackets(THREE, 'skip', { text: 'no such service' }))],
      },
    });
    const { certification, run } = stage();
    expect(await jig().run(run), run.text().join('\n')).toEqual({ kind: 'succeeded' });
    const written = book.of(certification);
    expect(book.statuses(certification)).toEqual({
      [nameOf(ONE)]: 'passed',
      [nameOf(TWO)]: 'failed',
      [nameOf(THREE)]: 'skipped',
      [nameOf(FOUR)]: 'passed',
    });
    expect(written.outcomes.get(nameOf(TWO))).toMatchObject({
      ...{ id: 'id-two', seconds: 3, reason: 'Error: no such token', traceback: 'Traceback:\nError: no such token' },
    });
    expect(written.end).toMatchObject({ kind: 'finished', notes: [] });
    expect(readAgain(certification)).toEqual(book.statuses(certification));
    expect(run.text()).toContain(`failed: ${nameOf(TWO)}: Error: no such token`);
    expect(run.lines.map(({ line }) => line)).toContain('Passes 2 of 4');
  });

  it('leaves what is on the nodes of the cloud as evidence, and what is not known of one', async () => {
    const certification = randomUUID();
    const away: Reach = { ...reach, name: 'away.test', sshPort: 1 };
    book.order(certification, { loadList: IDS, nodes: [away] });
    expect(await jig().run(again(certification))).toEqual({ kind: 'succeeded' });
    const { evidence, calls } = book.of(certification);
    const text = (path: string): string => Buffer.from(evidence.get(path)!.bytes).toString();
    expect([...evidence.keys()]).toEqual([
      'nodes/away.test/not-known.txt',
      ...['configuration.sha256', 'hardware.txt', 'packages.txt', 'system.txt'].map(
        (name) => `nodes/tester.test/${name}`,
      ),
    ]);
    const own = [...evidence].flatMap(([path, { bytes }]): [string, string][] =>
      path.startsWith('nodes/tester.test/') ? [[path.slice(18), Buffer.from(bytes).toString()]] : [],
    );
    const told = readToldByNode(new Map(own))!;
    expect(told).toMatchObject({ kernel: expect.stringMatching(/^Linux /), operatingSystem: expect.any(String) });
    expect(['physical', 'virtual', 'container']).toContain(told.machine);
    const bash = told.packages.find(({ name }) => name === 'bash');
    expect(bash).toEqual({ name: 'bash', version: expect.any(String), source: 'bash', origin: expect.any(String) });
    expect(text('nodes/tester.test/hardware.txt')).toMatch(/^memory_kib\t\d+$/m);
    expect(text('nodes/away.test/not-known.txt')).toMatch(/refused|away/);
    const packages = evidence.get('nodes/tester.test/packages.txt')!;
    expect(packages.sha256).toBe(createHash('sha256').update(packages.bytes).digest('hex'));
    expect(calls.slice(-2)).toEqual(['evidence', 'finished']);
    expect(book.of(certification).inputs).toMatchObject({
      credentials: { kind: 'made', administrator: true, usersAreAdministrators: false },
    });
  });

  it('is seen test by test while it goes on', async () => {
    suite.replay({
      tests: {
        [TWO]: [
          packets(testPackets(TWO, 'success')[0]!),
          { gate: 'two' },
          packets(testPackets(TWO, 'success')[2] ?? testPackets(TWO, 'success')[1]!),
        ],
      },
    });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ underWay }) => underWay.some(({ name }) => name === nameOf(TWO)));
    expect(book.statuses(certification)).toEqual({ [nameOf(ONE)]: 'passed' });
    expect(book.of(certification).underWay).toEqual([{ name: nameOf(TWO), worker: 'worker-0' }]);
    expect(book.of(certification).end).toBeNull();
    suite.openGate('two');
    expect(await ended).toEqual({ kind: 'succeeded' });
    expect(Object.values(book.statuses(certification))).toEqual(['passed', 'passed', 'passed', 'passed']);
  });

  it('keeps what is secret in a folder of root alone, gone afterwards, and out of all that is kept', async () => {
    const leak = [
      { says: `signing on with ${cloud.password}` },
      packets(...testPackets(ONE, 'fail', { text: `Error: ${cloud.password} is wrong` })),
    ] as const satisfies readonly SuiteStep[];
    suite.replay({ tests: { [ONE]: leak }, exit: 1 });
    const { certification, run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect(suite.conf().text).toContain(`admin_password = ${cloud.password}\n`);
    expect(suite.conf().mode).toBe('0o600');
    const { inputs, outcomes } = book.of(certification);
    const kept = [
      JSON.stringify(inputs),
      JSON.stringify([...outcomes]),
      book.stream(certification).toString('latin1'),
      ...run.text('err'),
    ];
    for (const text of kept) expect(text).not.toContain('pa55');
    expect(inputs!.conf).toContain('admin_password = (secret)\n');
    expect(inputs!.provenance['compute.max_microversion']).toBe('compute API, GET /');
    expect(inputs!.cloud).toMatchObject({ compute_microversion: '2.93', identity_service_id: 'a'.repeat(32) });
    expect(readAgain(certification)[nameOf(ONE)]).toBe('failed');
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !path.startsWith('fake-'));
    for (const path of left) expect(path).not.toMatch(/tempest\.conf|load-list|attribs/);
    expect(left).toContain(`state/tempest/${certification}/.stestr.conf`);
  });

  it('tells of each of its tests when a whole class cannot be prepared', async () => {
    const whole = `setUpClass (${CLASS})`;
    suite.replay({ whole: [packets(...testPackets(whole, 'fail', { text: 'Unauthorized' }))], exit: 1 });
    const { certification, run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect([...book.of(certification).outcomes.values()].map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      IDS.map(() => 'setup-failed Unauthorized'),
    );
  });

  it('brings in what Tempest once wrote, played back in pieces cut anywhere', async () => {
    const recorded = readFileSync(new URL('../../../libs/testkit/src/tempest/class-refused.subunit', import.meta.url));
    const told = new SubunitDecoder().push(recorded).flatMap((item) => (item.kind === 'packet' ? [item.packet] : []));
    const list = told.filter(({ status }) => status === 'exists').map(({ testId }) => testId!);
    const whole: SuiteStep[] = [];
    for (let at = 0; at < recorded.length; at += 1_999)
      whole.push({ bytes: Uint8Array.from(recorded.subarray(at, at + 1_999)) }, { delayMs: 20 });
    suite.replay({ whole, exit: 1 });
    const { certification, run } = stage(list);
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect(Object.values(book.statuses(certification))).toEqual(list.map(() => 'setup-failed'));
    expect(book.stream(certification).equals(recorded)).toBe(true);
    expect(book.of(certification).end).toMatchObject({ kind: 'finished', notes: [] });
  });

  it('fails where the gate asks for all and not all passed', async () => {
    suite.replay({ tests: { [ONE]: [packets(...testPackets(ONE, 'skip'))] } });
    const { run } = stage(IDS, { 'certify-gate': 'must-pass' });
    expect(await jig().run(run)).toEqual({
      kind: 'failed',
      reason: 'not all that must pass has passed: Passes 3 of 4',
    });
  });

  it('that nobody ordered, or that has ended, does nothing', async () => {
    const none = stageRun({ node: reach, attribs: { 'certify-order': {} } });
    expect(await jig().run(none)).toEqual({ kind: 'succeeded' });
    const { certification, run } = stage([ONE]);
    await jig().run(run);
    const { calls } = book.of(certification);
    const before = [...calls];
    expect(await jig().run(again(certification))).toEqual({ kind: 'succeeded' });
    expect(calls).toEqual(before);
    expect(suite.lists()).toHaveLength(1);
  });

  it('goes on when the book is away for a while, and loses nothing', async () => {
    suite.replay({ tests: { [TWO]: [{ gate: 'away' }, packets(...testPackets(TWO, 'success'))] } });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ outcomes }) => outcomes.size === 1);
    book.trouble = new Error('the database is away');
    suite.openGate('away');
    setTimeout(() => (book.trouble = null), 1_500);
    // It is tried again in a second; the end itself is asked for only when all is written.
    expect(await ended).toEqual({ kind: 'succeeded' });
    expect(readAgain(certification)).toEqual(book.statuses(certification));
  });
});

describe('before a run', () => {
  const nova = ['tempest.api.compute.servers.Servers.test_show[id-show]'];
  const outcomeWith = async (fault: Parameters<FakeCloud['faults']['add']>[0]): Promise<JigOutcome> => {
    cloud.faults.add(fault);
    const { run } = stage(nova);
    return jig().run(run);
  };

  it('the cloud is asked what the suite has to be told, and nothing is left there', async () => {
    const { certification, run } = stage(nova);
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect(book.of(certification).inputs!.findings).toEqual([]);
    expect(suite.conf().text).toMatch(/public_network_id = net-1\n/);
    expect(suite.conf().text).toMatch(/storage_protocol = ceph\n/);
    expect(suite.conf().text).toMatch(/api_extensions = port-security,router\n/);
    expect(cloud.asked).toContain('POST /network/v2.0/ports');
    expect(cloud.made.size).toBe(0);
  });

  it.each([
    ['password', 'keystone', 'nobody can sign on'],
    ['no-compute', 'nova-api', 'no service of type compute'],
    ['compute-down', 'nova-api', 'nova does not answer'],
    ['image-queued', 'glance-api', 'is queued, not active'],
    ['no-external-network', 'neutron-server', 'no external network'],
    ['no-port', 'neutron-server', 'a port cannot be made'],
    ['no-hypervisor', 'nova-compute', 'no hypervisor is up'],
  ] as const)(
    'a cloud with the fault "%s" is told with the role to look at, and nothing is run',
    async (fault, role, says) => {
      const outcome = await outcomeWith(fault);
      expect(outcome).toMatchObject({ kind: 'failed' });
      const { reason } = outcome as { reason: string };
      expect(reason).toContain(`${role}: `);
      expect(reason).toContain(says);
      expect(reason).not.toContain('pa55');
      expect(existsSync(join(suite.path, 'lists'))).toBe(false);
      expect(cloud.made.size).toBe(0);
    },
  );

  it('what other runs have left there is told, and nothing is done about it', async () => {
    cloud.faults.add('leftovers');
    const { certification, run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect(book.of(certification).inputs!.findings).toMatchObject([
      { check: 'leftovers', severity: 'warns', says: expect.stringContaining('tempest-Servers-1') },
    ]);
    expect(cloud.asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });

  it('only what the tests need has to be there', async () => {
    cloud.faults.add('no-compute').add('image-queued').add('no-external-network');
    const { run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
  });

  it('a catalog that makes no sense is a finding, and nothing is run', async () => {
    cloud.faults.add('odd');
    const { certification, run } = stage();
    expect((await jig().run(run)).kind).toBe('failed');
    expect(book.of(certification).inputs!.findings).toMatchObject([{ check: 'answers', severity: 'stops' }]);
  });

  it('a cloud elsewhere is reached as it was described, and its password is no more told than ours', async () => {
    const certification = randomUUID();
    const account = {
      username: 'a',
      password: cloud.password,
      project: 'p',
      userDomain: 'd',
      projectDomain: 'd',
      roles: [],
    };
    const access = { identityUrl: cloud.identityUrl, region: 'RegionOne', endpointType: 'public' } as const;
    book.order(certification, {
      loadList: IDS,
      access: { ...access, caCertificate: null, admin: account, accounts: [] },
    });
    suite.replay({ tests: { [ONE]: [packets(...testPackets(ONE, 'fail', { text: `Error: ${cloud.password}` }))] } });
    const run = stageRun({ node: reach, attribs: { 'certify-endpoint-order': { certification } } });
    expect(await jig().run(run), run.text().join('\n')).toEqual({ kind: 'succeeded' });
    expect(JSON.stringify([...book.of(certification).outcomes])).not.toContain('pa55');
    expect(run.lines.map(({ line }) => line).join('\n')).not.toContain('pa55');
  });
});

describe('a run that is told to stop', () => {
  it('ends all that it started, keeps what had ended, and the rest was not run', async () => {
    suite.replay({ stubborn: true, tests: { [TWO]: [packets(testPackets(TWO, 'success')[0]!), { gate: 'never' }] } });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ underWay }) => underWay.length === 1);
    expect(anyAlive()).toBe(true);
    run.abort('cancelled');
    expect(await ended).toEqual({ kind: 'aborted', cause: 'cancelled' });
    expect(anyAlive()).toBe(false);
    expect(book.of(certification).end).toMatchObject({ kind: 'cancelled' });
    expect(book.statuses(certification)).toEqual({
      [nameOf(ONE)]: 'passed',
      [nameOf(TWO)]: 'not-run',
      [nameOf(THREE)]: 'not-run',
      [nameOf(FOUR)]: 'not-run',
    });
    expect(book.of(certification).outcomes.get(nameOf(TWO))!.reason).toBe(
      'it had begun and did not end: the run was cancelled',
    );
    // What is resumed is another certification, of what was not run.
    const rest = stage(IDS.filter((id) => book.statuses(certification)[nameOf(id)] === 'not-run'));
    suite.replay({});
    expect(await jig().run(rest.run)).toEqual({ kind: 'succeeded' });
    expect(suite.lists().at(-1)).toEqual([TWO, THREE, FOUR]);
    expect(Object.values(book.statuses(rest.certification))).toEqual(['passed', 'passed', 'passed']);
  });

  it('at its deadline has failed', async () => {
    suite.replay({ tests: { [ONE]: [packets(testPackets(ONE, 'success')[0]!), { gate: 'never' }] } });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ underWay }) => underWay.length === 1);
    run.abort('deadline');
    expect(await ended).toEqual({ kind: 'aborted', cause: 'deadline' });
    expect(book.of(certification).end).toMatchObject({ kind: 'failed', reason: expect.stringContaining('deadline') });
  });

  it('because its worker stops is left open, and the next attempt goes on where it was', async () => {
    suite.replay({
      tests: {
        [TWO]: [packets(testPackets(TWO, 'success')[0]!), { gate: 'later' }, packets(...testPackets(TWO, 'success'))],
      },
    });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ underWay }) => underWay.length === 1);
    run.abort('shutdown');
    expect(await ended).toEqual({ kind: 'aborted', cause: 'shutdown' });
    expect(book.of(certification).end).toBeNull();
    suite.openGate('later');
    expect(await jig().run(again(certification))).toEqual({ kind: 'succeeded' });
    expect(suite.lists()).toEqual([IDS, [TWO, THREE, FOUR]]);
    expect(Object.values(book.statuses(certification))).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(readAgain(certification)).toEqual(book.statuses(certification));
  });

  it('because a newer attempt has taken over says nothing more', async () => {
    suite.replay({ tests: { [TWO]: [{ gate: 'two' }, packets(...testPackets(TWO, 'success'))] } });
    const { certification, run } = stage();
    const ended = jig().run(run);
    await book.until(certification, ({ outcomes }) => outcomes.size === 1);
    await book.open({ certification, fence: run.fence + 1 });
    suite.openGate('two');
    expect(await ended).toEqual({ kind: 'aborted', cause: 'superseded' });
    expect(book.of(certification).outcomes.size).toBe(1);
  });
});

describe('a stream that is damaged', () => {
  it('by a bad checksum is told with its place, and only that packet is lost', async () => {
    const bad = encodePacket(testPackets(TWO, 'success')[1]!).slice();
    bad[20]! ^= 1;
    suite.replay({ tests: { [TWO]: [packets(testPackets(TWO, 'success')[0]!), { bytes: Uint8Array.from(bad) }] } });
    const { certification, run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    const { end, outcomes } = book.of(certification);
    expect(end!.notes.join()).toMatch(/a packet of the stream is damaged at byte \d+ \(crc\): its checksum is/);
    expect(Object.values(book.statuses(certification)).sort()).toEqual(['not-run', 'passed', 'passed', 'passed']);
    expect(outcomes.get(nameOf(TWO))!.reason).toMatch(/it had begun and did not end/);
  });

  it('by its workers, who tell what they would run and die, is a run that has failed', async () => {
    suite.replay({ whole: [packets({ testId: ONE, status: 'exists', tags: ['worker-0'] })], exit: 1 });
    const { certification, run } = stage();
    expect(await jig().run(run)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('a single test') });
    expect(book.of(certification).end).toMatchObject({ kind: 'failed' });
  });

  it('by the death of the suite in the middle of a packet is cut there, and the run has failed', async () => {
    const whole = encodePacket(testPackets(TWO, 'success')[1]!);
    suite.replay({ tests: { [TWO]: [{ bytes: Uint8Array.from(whole.subarray(0, 30)) }, { dies: 'KILL' }] } });
    const { certification, run } = stage();
    expect(await jig().run(run)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('KILL') });
    const { end } = book.of(certification);
    expect(end).toMatchObject({ kind: 'failed' });
    expect(end!.notes.join()).toMatch(/\(cut\)|\(crc\)/);
    expect(book.statuses(certification)[nameOf(ONE)]).toBe('passed');
  });

  it('by what a program prints into it is read all the same, and the print is in the log', async () => {
    const print = { bytes: new TextEncoder().encode('Warning: ų is odd\n') };
    suite.replay({ tests: { [TWO]: [print, packets(...testPackets(TWO, 'success')), print] } });
    const { certification, run } = stage();
    expect(await jig().run(run)).toEqual({ kind: 'succeeded' });
    expect(Object.values(book.statuses(certification))).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(run.text('out')).toEqual(expect.arrayContaining(['Warning: ų is odd', 'Warning: ų is odd']));
    expect(book.of(certification).end!.notes).toEqual([]);
  });

  it('by the loss of the connection leaves the run to another attempt, which ends what goes on', async () => {
    const wire = await Wire.to(sshd.port);
    const over = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user, keepaliveMs: 200 });
    suite.replay({ stubborn: true, tests: { [TWO]: [packets(testPackets(TWO, 'success')[0]!), { gate: 'never' }] } });
    const { certification, run } = stage();
    const ended = jig(over).run({ ...run, node: { ...reach, sshPort: wire.port } });
    await book.until(certification, ({ underWay }) => underWay.length === 1);
    wire.cut();
    expect(await ended).toMatchObject({ kind: 'lost-contact' });
    expect(book.of(certification).end).toBeNull();
    expect(anyAlive()).toBe(true);
    suite.replay({});
    expect(await jig().run(again(certification))).toEqual({ kind: 'succeeded' });
    expect(anyAlive()).toBe(false);
    expect(suite.lists().at(-1)).toEqual([TWO, THREE, FOUR]);
    await over.close();
    await wire.close();
  });
});

const real = ['/usr/bin/tempest', '/usr/local/bin/tempest'].find((path) => existsSync(path));

describe('a tester without a suite', () => {
  it.skipIf(real)(
    `is told which role to retry${real ? ` (skipped: there is ${real} on this computer)` : ''}`,
    async () => {
      rmSync(join(suite.path, 'tempest'));
      const { run } = stage();
      const outcome = await jig().run(run);
      expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('retry tempest-suite') });
    },
  );
});

describe('Tempest itself', () => {
  const why = real ? '' : ' (skipped: it is not on this computer; apt-get install -y tempest)';
  it.skipIf(!real)(`takes the configuration and the list, and its stream is understood${why}`, async () => {
    const of = 'tempest.api.compute.admin.test_hosts_negative.HostsAdminNegativeTestJSON';
    const list = [
      `${of}.test_list_hosts_with_non_admin_user[id-dd032027-0210-4d9c-860e-69b1b8deed5f,negative]`,
      `${of}.test_reboot_nonexistent_host[id-f86bfd7b-0b13-4849-ae29-0322e83ee58b,negative]`,
    ];
    const { certification, run } = stage(list);
    const options = { session, book, folders: () => ({ state: join(folder, 'state'), run: join(folder, 'run') }) };
    expect(await new TempestJig(options).run(run), run.text().join('\n')).toEqual({ kind: 'succeeded' });
    // The cloud that is only looked at cannot make users, so the class fails before its tests, and says why.
    const outcomes = [...book.of(certification).outcomes.values()];
    expect(outcomes.map(({ status, worker }) => `${status} ${worker}`)).toEqual([
      'setup-failed worker-0',
      'setup-failed worker-0',
    ]);
    expect(outcomes[0]!.traceback).toContain('Traceback');
    expect(cloud.asked.filter((line) => line === 'POST /v3/auth/tokens').length).toBeGreaterThan(1);
    expect(book.of(certification).end!.notes).toEqual([]);
  });
});
