import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, succeeds } from '../../deploy/lab/command.js';
import type { ContainerNode } from '../../deploy/lab/container-node.js';
import { openFleets, startFleet, type Fleet } from '../../deploy/lab/fleet.js';
import { labPrefix, writeRecord, readRecords } from '../../deploy/lab/lab-record.js';
import { closeGaps, findGaps } from '../../deploy/lab/requirements.js';
import { buildRootfs } from '../../deploy/lab/rootfs.js';

const BOOT_MS = 120_000;
/** The first run installs packages and builds the root file system. */
const FIRST_RUN_MS = 900_000;

const gaps = await closeGaps(await findGaps(), (line) => console.log(`lab: ${line}`));
if (gaps.length > 0) console.log(`lab: skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

describe.skipIf(gaps.length > 0)('container nodes', () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  let home: string;
  let fleet: Fleet;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-lab-'));
    process.env['ANNEAL_HOME'] = home;
    await writeFile(join(home, 'id'), key.private, { mode: 0o600 });
    await buildRootfs((line) => console.log(`lab: ${line}`));
    fleet = await startFleet({ count: 3, sshKey: key.public, progress: (line) => console.log(`lab: ${line}`) });
  }, FIRST_RUN_MS);

  afterAll(async () => {
    await fleet?.teardown();
    await rm(home, { recursive: true, force: true });
    delete process.env['ANNEAL_HOME'];
  }, BOOT_MS);

  const node = (index: number): ContainerNode => {
    const found = fleet.nodes[index - 1];
    if (!found) throw new Error(`the lab has no node ${index}`);
    return found;
  };
  const on = (target: ContainerNode, line: string): Promise<string> => runOverSsh(target, key.private, line);

  it('lets root in by key, under the host key that was announced', async () => {
    for (const each of fleet.nodes) expect(await on(each, 'id -un; hostname --fqdn')).toBe(`root\n${each.name}\n`);
  });

  it('lets the OpenSSH client of the host in', async () => {
    if (!(await succeeds('ssh', ['-V']))) return;
    await writeFile(join(home, 'known_hosts'), `${node(1).address} ${await node(1).hostKey()}\n`);
    const options = [
      '-i',
      join(home, 'id'),
      '-o',
      'BatchMode=yes',
      '-o',
      `UserKnownHostsFile=${join(home, 'known_hosts')}`,
    ];
    expect(await command('ssh', [...options, `root@${node(1).address}`, 'echo in'])).toBe('in');
  });

  it('refuses another key', async () => {
    const stranger = ssh2.utils.generateKeyPairSync('ed25519');
    await expect(runOverSsh(node(1), stranger.private, 'true')).rejects.toThrow(/authentication/);
  });

  it('runs systemd as the first process, with no failed unit', async () => {
    expect(
      await on(node(1), 'cat /proc/1/comm; systemctl is-system-running --wait; systemctl --failed --no-legend'),
    ).toBe('systemd\nrunning\n');
  });

  it('is a machine of its own: each has another machine id, boot id and host key', async () => {
    const identities = await Promise.all(
      fleet.nodes.map((each) =>
        on(each, 'cat /etc/machine-id /proc/sys/kernel/random/boot_id; cat /etc/ssh/*_key.pub'),
      ),
    );
    const lines = identities.flatMap((text) => text.trim().split('\n'));
    expect(new Set(lines).size).toBe(9);
  });

  it('keeps services of one node apart from those of another', async () => {
    await Promise.all([on(node(1), 'systemctl start nginx'), on(node(2), 'systemctl start nginx')]);
    await on(node(1), 'systemctl stop nginx');
    expect(await on(node(1), 'systemctl is-active nginx || true')).toBe('inactive\n');
    expect(await on(node(2), 'systemctl is-active nginx')).toBe('active\n');
  });

  it('reaches its neighbours and the admin host, and nothing else', async () => {
    await on(node(2), 'systemctl start nginx');
    expect(await on(node(1), `curl -s -o /dev/null -w '%{http_code}' http://${node(2).address}/`)).toBe('200');
    expect(await on(node(1), `ping -c 1 -W 2 -q ${fleet.network.hostAddress} >/dev/null && echo reached`)).toBe(
      'reached\n',
    );
    expect(await on(node(1), 'ip route show default')).toBe('');
  });

  it('can run chronyd without touching the clock of the host', async () => {
    expect(await on(node(1), 'systemctl start chrony; systemctl is-active chrony; pgrep -a chronyd | head -1')).toMatch(
      /^active\n.* -x/,
    );
  });

  it('starts a shell quickly', async () => {
    const began = performance.now();
    await on(node(1), 'for i in 1 2 3 4 5 6 7 8 9 10; do bash -c true; done');
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it(
    'dies without a farewell when power is lost, and returns with its disk and another boot id',
    async () => {
      const before = await on(node(3), 'cat /proc/sys/kernel/random/boot_id; echo kept > /root/mark');
      const open = await connectTo(node(3), key.private);
      let farewell = false;
      open.once('close', () => (farewell = true));
      await node(3).kill();
      expect(await node(3).isRunning()).toBe(false);
      expect(farewell).toBe(false);
      await expect(on(node(3), 'true')).rejects.toThrow();
      open.destroy();

      await node(3).return();
      expect(await on(node(3), 'cat /root/mark')).toBe('kept\n');
      expect(await on(node(3), 'cat /proc/sys/kernel/random/boot_id')).not.toBe(before);
    },
    BOOT_MS,
  );

  it(
    'comes back by itself when it is rebooted from inside',
    async () => {
      const before = await on(node(3), 'cat /proc/sys/kernel/random/boot_id');
      await on(node(3), 'systemctl reboot').catch(() => undefined);
      await expect
        .poll(() => on(node(3), 'cat /proc/sys/kernel/random/boot_id').catch(() => before), {
          timeout: 30_000,
          interval: 200,
        })
        .not.toBe(before);
    },
    BOOT_MS,
  );

  it(
    'can be opened, stopped and started by another command',
    async () => {
      const opened = (await openFleets()).find((each) => each.network.slot === fleet.network.slot)?.nodes[1];
      expect(await opened?.hostKey()).toBe(await node(2).hostKey());
      await opened?.stop();
      expect(await node(2).isRunning()).toBe(false);
      await opened?.start();
      expect(await on(node(2), 'echo back')).toBe('back\n');
    },
    BOOT_MS,
  );

  it(
    'leaves nothing behind, even when the command that made the lab has died',
    async () => {
      const second = await startFleet({ count: 1, sshKey: key.public });
      const slot = second.network.slot;
      const record = (await readRecords()).find((each) => each.slot === slot);
      if (!record) throw new Error('the second lab was not recorded');
      const dead = Number(await command('sh', ['-c', 'echo $$']));
      await writeRecord({ ...record, ownerPid: dead });

      // Starting a lab removes what dead commands left; the first lab's owner is alive, so it stays.
      const third = await startFleet({ count: 1, sshKey: key.public });
      expect(await on(node(1), 'echo here')).toBe('here\n');
      await third.teardown();
      await third.teardown();
      for (const gone of new Set([slot, third.network.slot])) expect(await tracesOf(gone)).toEqual([]);
    },
    BOOT_MS,
  );
});

/** Everything on this host that carries the prefix of a lab. */
async function tracesOf(slot: number): Promise<string[]> {
  const prefix = labPrefix(slot);
  const named = async (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  const groups = await Promise.all(['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'].map(named));
  const names = [
    ...(await named('/run/netns')),
    ...(await named('/sys/class/net')),
    ...(await named('/run/systemd/nspawn/propagate')),
    ...groups.flat(),
  ];
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(`/${prefix}/`));
  return [...names.filter((name) => name.startsWith(`${prefix}-`)), ...mounts];
}

async function connectTo(node: ContainerNode, privateKey: string): Promise<ssh2.Client> {
  const hostKey = await node.hostKey();
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    // A node that goes down while it greets closes the connection without an error.
    client.once('close', () => reject(new Error('the connection was closed')));
    client.connect({
      host: node.address,
      username: 'root',
      privateKey,
      readyTimeout: 5_000,
      hostVerifier: (offered: Buffer) => offered.toString('base64') === hostKey.split(' ')[1],
    });
  });
  client.on('error', () => undefined);
  return client;
}

async function runOverSsh(node: ContainerNode, privateKey: string, line: string): Promise<string> {
  const client = await connectTo(node, privateKey);
  try {
    return await new Promise<string>((resolve, reject) => {
      client.once('close', () => reject(new Error('the connection was closed')));
      client.exec(line, (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.on('data', (data: Buffer) => (text += data.toString('utf8')));
        channel.stderr.on('data', (data: Buffer) => (text += data.toString('utf8')));
        channel.on('close', () => resolve(text));
      });
    });
  } finally {
    client.end();
  }
}
