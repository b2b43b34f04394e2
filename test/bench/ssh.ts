import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureKeyPair } from '#machine';
import { CHECKOUT, openHome, startDetached, stopDetached, temporaryHome } from '#runtime';
import { LabApi } from '../../deploy/lab/api.js';
import { startFleet, type Fleet } from '../../deploy/lab/fleet.js';
import type { Bench, BenchResult } from './bench.js';
import { prepareAnsible } from './ssh/ansible.js';

const NODES = 10;
const FORKS = 10;
const SCRIPTS = join(CHECKOUT, 'test/bench/ssh/roles');
const DEPLOYMENT = 'bench';
/** How long everything may take to settle, in milliseconds, before the bench gives up. */
const SETTLE_MS_MAX = 120_000;
/** As long as the API lets one request wait, in seconds; what has not settled then ends the bench. */
const WAIT_S_MAX = 50;
const LOOK_MS = 20;

const scripts = (): string[] =>
  readdirSync(SCRIPTS)
    .filter((file) => file.endsWith('.sh'))
    .sort();
const roleOf = (script: string): string => `bench-${script.replace(/\.sh$/, '')}`;

/** A barclamp with one script role a script, each after the one before, as the tasks of a play. */
const writeBarclamp = (folder: string): void => {
  const roles = scripts().map((script, index, all) => {
    const before = index === 0 ? [] : [`    requires: [${roleOf(all[index - 1] as string)}]`];
    return [`  - name: ${roleOf(script)}`, '    jig: script', '    flags: [implicit]', ...before].join('\n');
  });
  writeFileSync(
    join(folder, 'barclamp.yml'),
    `name: ssh_bench\ndescription: The roles of the ssh bench.\nversion: "1"\nroles:\n${roles.join('\n')}\n`,
  );
  for (const script of scripts()) {
    mkdirSync(join(folder, 'roles', roleOf(script)), { recursive: true });
    cpSync(join(SCRIPTS, script), join(folder, 'roles', roleOf(script), script));
  }
};

/** Runs the roles by Anneal; gives the seconds from the commit until everything is active, over REST. */
const byAnneal = async (fleet: Fleet, home: ReturnType<typeof openHome>, port: number): Promise<number> => {
  const address = await startDetached(home, [join(CHECKOUT, 'dist/apps/cli/src/main.js'), 'up'], {
    ...process.env,
    ANNEAL_PORT: String(port),
  });
  const api = new LabApi(address, readFileSync(join(home.path, 'admin-token'), 'utf8').trim());
  const folder = mkdtempSync(join(tmpdir(), 'anneal-bench-'));
  try {
    writeBarclamp(folder);
    const { stdout } = await promisify(execFile)('tar', ['-cz', '-C', folder, '.'], { encoding: 'buffer' });
    await api.upload('barclamps', stdout, 'application/gzip');
    await api.patch('settings/runs_at_once_max', { value: FORKS });
    await api.post('deployments', { name: DEPLOYMENT });
    for (const node of fleet.nodes)
      await api.post('nodes', {
        name: node.name,
        address: node.address,
        host_key: await node.hostKey(),
        deployment: DEPLOYMENT,
      });
    const last = roleOf(scripts().at(-1) as string);
    await api.post(`deployments/${DEPLOYMENT}/bulk`, {
      bind: fleet.nodes.map(({ name }) => ({ role: last, node: name })),
    });
    await until(
      async () =>
        (await api.list<{ alive: boolean; system: boolean }>('nodes')).every(({ alive, system }) => alive || system),
      'every node alive',
    );
    const begun = performance.now();
    await api.put(`deployments/${DEPLOYMENT}/commit`, {});
    await api.post('anneal/wait', { timeout_s: WAIT_S_MAX });
    const seconds = (performance.now() - begun) / 1_000;
    const active = (await api.list<{ state: string }>(`deployments/${DEPLOYMENT}/node_roles`)).filter(
      ({ state }) => state === 'active',
    ).length;
    if (active !== NODES * scripts().length)
      throw new Error(`${active} noderoles are active, not ${NODES * scripts().length}`);
    return seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stopDetached(home);
  }
};

const until = async (holds: () => Promise<boolean>, what: string): Promise<void> => {
  for (
    const end = performance.now() + SETTLE_MS_MAX;
    performance.now() < end;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  )
    if (await holds()) return;
  throw new Error(`no ${what} within ${SETTLE_MS_MAX / 1_000} s`);
};

export const sshBench: Bench = {
  name: 'ssh',
  says: `${scripts().length} script roles on ${NODES} container nodes, beside ansible-playbook (needs root)`,
  rounds: 3,
  async round(_args, progress): Promise<BenchResult> {
    const home = temporaryHome();
    const key = ensureKeyPair(home.path);
    const fleet = await startFleet({ count: NODES, sshKey: key.publicKey, progress });
    try {
      const ansible = await prepareAnsible({
        nodes: fleet.nodes,
        privateKey: key.privateKey,
        scripts: scripts().map((script) => join(SCRIPTS, script)),
      });
      const ansibleSeconds = (await ansible.play()) / 1_000;
      await ansible.close();
      progress(`ansible-playbook: ${ansibleSeconds.toFixed(2)} s`);
      const annealSeconds = await byAnneal(fleet, home, 7_790);
      progress(`anneal: ${annealSeconds.toFixed(2)} s`);
      return {
        metrics: { anneal_s: annealSeconds, ansible_s: ansibleSeconds, ratio: ansibleSeconds / annealSeconds },
        settings: { nodes: NODES, roles: scripts().length, forks: FORKS, pipelining: true, runs_at_once_max: FORKS },
      };
    } finally {
      await fleet.teardown();
      home.remove();
    }
  },
};
