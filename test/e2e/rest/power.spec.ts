import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordBmcs } from '#app';
import { idOf, isRefusal, type NodeId } from '#core';
import { openSecretBox, TimeOrderedIds } from '#store';
import { IPMI_SIM_PATHS, MemoryMachine, RedfishEmulator, startIpmiSim } from '#testkit';
import { startServer, type RunningServer } from './running-server.js';

const CANARY = 'Canary9Kx7Qw2Zt';
let server: RunningServer;
let bmc: RedfishEmulator;
const machine = new MemoryMachine();

beforeAll(async () => {
  server = await startServer('power');
  bmc = await RedfishEmulator.start({ machine, user: 'admin', password: CANARY });
});
afterAll(async () => {
  await server?.stop();
  await bmc?.stop();
});

let count = 0;
/** A node of its own, at which a BMC is written down. */
const nodeWith = async (wish: object | null): Promise<string> => {
  count += 1;
  const name = `p${count}.example.test`;
  expect((await server.as.admin('POST', 'nodes', { body: { name, probed: false } })).status).toBe(201);
  if (wish !== null) expect((await server.as.operator('PUT', `nodes/${name}/bmc`, { body: wish })).status).toBe(200);
  return name;
};
const redfish = () => ({
  address: '127.0.0.1',
  user: 'admin',
  password: CANARY,
  protocols: ['redfish'],
  redfish_port: bmc.port,
});

/** Each test has the emulated BMC for a node of its own. */
beforeEach(() => server.query('DELETE FROM bmcs'));

describe('the power of a node', () => {
  it('is read and switched by its BMC, and the history tells who wanted it', async () => {
    const node = await nodeWith(redfish());
    machine.on = false;
    expect((await server.as.viewer('GET', `nodes/${node}/power`)).body).toMatchObject({
      state: 'off',
      method: 'redfish',
    });
    const done = await server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'on' } });
    expect(done.body).toMatchObject({ node, action: 'on', outcome: 'done', method: 'redfish' });
    expect(machine.on).toBe(true);
    expect(bmc.sessionCount).toBe(0);
    const told = await server.query<{ kind: string; data: object }>(
      `SELECT kind, data FROM events WHERE kind LIKE 'power.%' AND node_id = (SELECT id FROM nodes WHERE name = $1) ORDER BY seq`,
      [node],
    );
    expect(told.map(({ kind }) => kind)).toEqual(['power.asked', 'power.done']);
  });

  it('a word that is no action is answered with what this node can do', async () => {
    const node = await nodeWith(redfish());
    const refused = await server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'explode' } });
    expect(refused.status).toBe(501);
    expect(refused.body.fields.actions).toEqual([
      'on',
      'off',
      'cycle',
      'reset',
      'identify',
      'boot-network',
      'boot-disk',
    ]);
  });

  it('without a BMC a person is asked, who is told what to do', async () => {
    const node = await nodeWith(null);
    const asked = await server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'cycle' } });
    expect(asked.body).toMatchObject({ outcome: 'asked', method: 'manual' });
    expect(asked.body.says).toContain(node);
    expect((await server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'identify' } })).status).toBe(501);
  });

  it('a BMC that fails is said to have failed, and nobody is told to go there', async () => {
    const node = await nodeWith({ ...redfish(), password: 'wrong' });
    const failed = await server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'on' } });
    expect(failed.status).toBe(502);
    expect(failed.body.detail).toContain('user and password');
  });

  it('another certificate than the one of the first contact is not talked to', async () => {
    const node = await nodeWith(redfish());
    expect((await server.as.viewer('GET', `nodes/${node}/power`)).body.state).not.toBe('unknown');
    const pinned = (await server.as.viewer('GET', `nodes/${node}/bmc`)).body;
    expect(pinned.certificate).toBe(bmc.identity.sha256);
    expect(pinned.verified_at).not.toBeNull();
    const stranger = await RedfishEmulator.start({ machine, user: 'admin', password: CANARY });
    await server.query('UPDATE bmcs SET redfish_port = $1', [stranger.port]);
    const reading = (await server.as.viewer('GET', `nodes/${node}/power`)).body;
    expect(reading).toMatchObject({ state: 'unknown' });
    expect(reading.reason).toContain('another certificate');
    expect(stranger.seen).toEqual([]);
    await stranger.stop();
  });
});

describe('what is known of a BMC', () => {
  it('a password is not sent elsewhere without being given again', async () => {
    const node = await nodeWith(redfish());
    const { password, ...rest } = redfish();
    expect(password).toBe(CANARY);
    expect((await server.as.operator('PUT', `nodes/${node}/bmc`, { body: rest })).status).toBe(200);
    const moved = await server.as.operator('PUT', `nodes/${node}/bmc`, { body: { ...rest, address: '127.0.0.2' } });
    expect(moved).toMatchObject({ status: 400, body: { detail: expect.stringContaining('again') as string } });
    const repinned = await server.as.operator('PUT', `nodes/${node}/bmc`, {
      body: { ...rest, certificate: 'a'.repeat(64) },
    });
    expect(repinned.status).toBe(400);
  });

  it('two nodes do not share one: they would switch each other off', async () => {
    await nodeWith(redfish());
    const other = await nodeWith(null);
    expect((await server.as.operator('PUT', `nodes/${other}/bmc`, { body: redfish() })).status).toBe(409);
  });

  it('is forgotten when somebody says so', async () => {
    const node = await nodeWith(redfish());
    expect((await server.as.operator('DELETE', `nodes/${node}/bmc`)).status).toBe(200);
    expect((await server.as.viewer('GET', `nodes/${node}/bmc`)).status).toBe(404);
  });

  it('a password that was moved to another row does not open there', async () => {
    const [a, b] = [await nodeWith({ ...redfish(), redfish_port: 9 }), await nodeWith(redfish())];
    await server.query(
      `UPDATE bmcs SET password = (SELECT password FROM bmcs JOIN nodes ON nodes.id = node_id WHERE name = $1)
       WHERE node_id = (SELECT id FROM nodes WHERE name = $2)`,
      [b, a],
    );
    const reading = (await server.as.viewer('GET', `nodes/${a}/power`)).body;
    expect(reading).toMatchObject({ state: 'unknown' });
    expect(reading.reason).toContain('does not open');
  });
});

describe('the role bmc-configure', () => {
  it('gives a BMC an address of the network for BMCs and a password of its own, the same when it is asked again', async () => {
    await server.populate();
    const network = {
      ...{ name: 'oob', category: 'bmc', conduit: 'bmc', vlan: 40, use_vlan: true },
      ranges: [{ name: 'host', first: '10.88.0.10/22', last: '10.88.0.99/22' }],
      router: { address: '10.88.0.1/22' },
    };
    expect((await server.as.admin('POST', 'networks', { body: network })).status).toBe(201);
    const name = await nodeWith(null);
    const node = idOf<NodeId>((await server.as.viewer('GET', `nodes/${name}`)).body.id as string);
    const planner = new RecordBmcs({
      unitOfWork: server.server.assembly.unitOfWork,
      ids: new TimeOrderedIds(),
      secrets: openSecretBox(server.home, undefined),
      makePassword: () => CANARY,
    });
    const wish = { user: 'anneal', network: null };
    const first = await planner.plan(node, wish);
    if (isRefusal(first)) throw new Error(first.detail);
    expect(first).toMatchObject({
      ...{ netmask: '255.255.252.0', router: '10.88.0.1', vlan: 40, password: CANARY, isVerified: false },
      address: expect.stringMatching(/^10\.88\.0\.\d+$/) as string,
    });
    expect(await planner.keep(node, first, first.address!)).toBeNull();
    await planner.verified(node);
    expect(await planner.plan(node, wish)).toEqual({ ...first, isVerified: true });
    expect((await server.as.viewer('GET', `nodes/${name}/bmc`)).body).toMatchObject({
      origin: 'configured',
      address: first.address,
      user: 'anneal',
    });
    expect(await planner.plan(node, { ...wish, network: 'lan' })).toMatchObject({ code: 'not-found' });
  });
});

describe('the password of a BMC', () => {
  it.skipIf(!IPMI_SIM_PATHS.every((path) => existsSync(path)))(
    'is nowhere but sealed: not in the database, an answer, the audit, a log or a command line',
    async () => {
      const sim = await startIpmiSim('admin', CANARY);
      const answers: string[] = [];
      const keep = async (reply: Promise<{ body: unknown; status: number }>): Promise<void> => {
        answers.push(JSON.stringify((await reply).body ?? null));
      };
      const node = await nodeWith(null);
      const ipmi = { address: '127.0.0.1', user: 'admin', password: CANARY, protocols: ['ipmi'], ipmi_port: sim.port };
      await keep(server.as.operator('PUT', `nodes/${node}/bmc`, { body: ipmi }));
      // What is refused is told as well, with what was wrong.
      await keep(server.as.operator('PUT', `nodes/${node}/bmc`, { body: { ...ipmi, nonsense: true } }));
      await keep(server.as.operator('PUT', `nodes/${node}/bmc`, { body: { ...ipmi, password: `${CANARY}\u0001` } }));
      await keep(server.as.operator('PUT', `nodes/${node}/bmc`, { body: { ...ipmi, password: CANARY.repeat(2) } }));
      const lines = watchCommandLines();
      await keep(server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'on' } }));
      await keep(server.as.operator('PUT', `nodes/${node}/power`, { body: { action: 'boot-network' } }));
      const seen = lines.stop();
      expect(sim.isOn()).toBe(true);
      expect(
        seen.some((line) => line.includes('ipmitool')),
        'no ipmitool was seen at work',
      ).toBe(true);
      expect(seen.filter((line) => line.includes(CANARY))).toEqual([]);
      for (const path of [
        `nodes/${node}/bmc`,
        `nodes/${node}`,
        `nodes/${node}/power`,
        `nodes/${node}/timeline`,
        'audit',
        'events',
      ])
        await keep(server.as.admin('GET', path));
      expect(answers.filter((answer) => answer.includes(CANARY))).toEqual([]);
      expect(await rowsWith(CANARY)).toEqual([]);
      expect(await rowsWith(node), 'the search finds what is there').not.toEqual([]);
      expect(server.faults.filter((line) => line.includes(CANARY))).toEqual([]);
      for (const file of readdirSync(server.home, { recursive: true, withFileTypes: true }))
        if (file.isFile())
          expect(readFileSync(join(file.parentPath, file.name)).includes(CANARY), file.name).toBe(false);
      await sim.stop();
    },
  );
});

/** Tables in whose rows a text stands, as a dump would have it. */
const rowsWith = async (text: string): Promise<string[]> => {
  const tables = await server.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await server.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`,
      [text],
    );
    if (row!.n > 0) found.push(name);
  }
  return found;
};

/** Looks at the command lines of all processes again and again, as anybody with `ps` could. */
const watchCommandLines = (): { stop(): string[] } => {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended meanwhile.
      }
    }
  }, 5);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
};
