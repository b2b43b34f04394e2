import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JigOutcome } from '#app';
import { loadShipped, type RoleDocument } from '#catalog';
import { idOf, type Json, type JsonObject } from '#core';
import { ScriptJig } from '#jigs';
import { SshSession } from '#machine';
import type { ContainerNode } from '../../deploy/lab/container-node.js';
import { startFleet, type Fleet } from '../../deploy/lab/fleet.js';
import { closeGaps, findGaps } from '../../deploy/lab/requirements.js';

/**
 * The scripts of the workload on real nodes, without the engine: each role is run by the script jig with the attributes
 * it declares, twice, and what it claims is looked at from outside.
 */
const FIRST_RUN_MS = 900_000;
const ROLE_MS = 60_000;

const gaps = await closeGaps(await findGaps(), (line) => console.log(`lab: ${line}`));
if (gaps.length > 0) console.log(`lab: skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

describe.skipIf(gaps.length > 0)('the roles of the workload', () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  let home: string;
  let fleet: Fleet;
  let session: SshSession;
  let jig: ScriptJig;
  let roles: ReadonlyMap<string, RoleDocument>;
  let fence = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-lab-'));
    process.env['ANNEAL_HOME'] = home;
    roles = new Map((await loadShipped()).flatMap((barclamp) => barclamp.roles).map((role) => [role.name, role]));
    fleet = await startFleet({ count: 3, sshKey: key.public });
    session = new SshSession({ privateKey: { content: key.private } });
    jig = new ScriptJig({ session });
  }, FIRST_RUN_MS);

  afterAll(async () => {
    await session?.close();
    await fleet?.teardown();
    await rm(home, { recursive: true, force: true });
    delete process.env['ANNEAL_HOME'];
  }, ROLE_MS);

  const node = (index: number): ContainerNode => fleet.nodes[index - 1]!;

  async function run(
    name: string,
    on: ContainerNode,
    given: JsonObject = {},
  ): Promise<{ outcome: JigOutcome; log: string; outputs: JsonObject }> {
    const role = roles.get(name)!;
    const defaults = role.attribs.filter((attrib) => attrib.default !== undefined);
    const lines: string[] = [];
    const outcome = await jig.run({
      runId: idOf(`run-${++fence}`),
      nodeRoleId: idOf(`noderole-${name}`),
      attempt: 1,
      fence,
      roleName: name,
      node: {
        nodeId: idOf(on.name),
        name: on.name,
        address: on.address,
        sshPort: 22,
        hostKey: await on.hostKey(),
      },
      files: role.files,
      attribs: { ...Object.fromEntries(defaults.map((attrib) => [attrib.name, attrib.default as Json])), ...given },
      outputs: role.outputs,
      signal: AbortSignal.timeout(ROLE_MS),
      mask: (text) => text,
      log: (line) => lines.push(line),
    });
    const outputs = 'outputs' in outcome ? (outcome.outputs ?? {}) : {};
    return { outcome, log: lines.join('\n'), outputs };
  }

  /** Runs a role twice and expects success both times; the second run answers. */
  async function settle(name: string, on: ContainerNode, given: JsonObject = {}) {
    const first = await run(name, on, given);
    expect(first.outcome, first.log).toMatchObject({ kind: 'succeeded' });
    const second = await run(name, on, given);
    expect(second.outcome, second.log).toMatchObject({ kind: 'succeeded', outputs: first.outputs });
    return second;
  }

  async function onNode(target: ContainerNode, ...argv: string[]): Promise<string> {
    const lines: string[] = [];
    const reach = { nodeId: idOf(target.name), name: target.name, address: target.address, sshPort: 22 } as const;
    await session.exec({ ...reach, nodeId: idOf(target.name), hostKey: await target.hostKey() }, argv, {
      onLine: (_, line) => lines.push(line),
    });
    return lines.join('\n');
  }

  it('greet whoever logs in', { timeout: ROLE_MS }, async () => {
    const { log } = await settle('lab-motd', node(1), { 'lab-motd-text': 'Quotes " and ; $(stay) `as` they are.' });
    expect(log).toContain('the greeting is there already');
    const greeting = await onNode(node(1), 'cat', '/etc/motd');
    expect(greeting).toContain(node(1).name);
    expect(greeting).toContain('Quotes " and ; $(stay) `as` they are.');
  });

  it('keep the time, from the own clock and from another node', { timeout: 3 * ROLE_MS }, async () => {
    const server = await settle('lab-chrony', node(1), { 'lab-chrony-allow': ['10.77.0.0/16'] });
    expect(server.outputs['lab-chrony-status']).toEqual({ source: 'local', stratum: 10 });
    expect(server.log).toContain('chrony runs with this configuration already');
    const client = await settle('lab-chrony', node(2), { 'lab-chrony-servers': [node(1).address] });
    expect(client.outputs['lab-chrony-status']).toEqual({ source: 'server', stratum: 11 });
  });

  it('say so when no time server answers', { timeout: ROLE_MS }, async () => {
    const { outcome } = await run('lab-chrony', node(3), {
      'lab-chrony-servers': [node(3).address.replace(/\d+$/, '253')],
    });
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 1 });
    expect((outcome as { reason: string }).reason).toContain('chrony found no time to follow');
    await settle('lab-chrony', node(3));
  });

  it('bring the log of one node to another', { timeout: ROLE_MS }, async () => {
    const { outputs } = await settle('lab-rsyslog-server', node(3));
    expect(outputs['lab-rsyslog-endpoint']).toEqual({ address: node(3).address, port: 514 });
    await settle('lab-rsyslog-client', node(1), outputs);
    await onNode(node(1), 'logger', '--tag', 'lab', 'a line from the first node');
    await expect
      .poll(() => onNode(node(3), 'sh', '-c', 'cat /var/log/nodes/*'), { timeout: 10_000 })
      .toContain('a line from the first node');
  });

  it('refuse to send a log to nobody', { timeout: ROLE_MS }, async () => {
    const { outcome } = await run('lab-rsyslog-client', node(2));
    expect((outcome as { reason: string }).reason).toContain('nobody takes logs');
  });

  it('serve one site from two nodes behind a third', { timeout: 3 * ROLE_MS }, async () => {
    const backends: Json[] = [];
    for (const index of [1, 2]) {
      const { outputs } = await settle('lab-web-server', node(index), { 'lab-web-title': 'A <b> & more' });
      expect(outputs['lab-web-backend']).toEqual({ address: node(index).address, port: 8080 });
      backends.push({ node: node(index).name, address: node(index).address, value: outputs['lab-web-backend']! });
    }
    const { outputs, log } = await settle('lab-web-balancer', node(3), { 'lab-web-backend': backends });
    expect(log).toContain('haproxy balances between these already');
    const url = outputs['lab-web-url'] as string;
    expect(url).toBe(`http://${node(3).address}:80/`);
    const pages = await Promise.all(Array.from({ length: 8 }, async () => (await fetch(url)).text()));
    expect(pages[0]).toContain('A &lt;b&gt; &amp; more');
    for (const index of [1, 2]) expect(pages.some((page) => page.includes(node(index).name))).toBe(true);
  });

  it('say which operating system is there', { timeout: ROLE_MS }, async () => {
    const { outputs } = await settle('provisioner-os-present', node(1));
    expect(outputs['provisioner-os-release']).toEqual({ id: 'debian', version: '12' });
  });
});
