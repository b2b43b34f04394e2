import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../../deploy/lab/command.js';
import type { ContainerNode } from '../../../deploy/lab/container-node.js';

/**
 * The peer of the bench: `ansible-playbook` with what its documentation advises for speed (forks for every host,
 * pipelining, connections kept open between plays, no gathering of facts) and one `script` task for each role.
 */
export interface Ansible {
  /** Runs the playbook on all nodes and returns its wall time in milliseconds. Throws unless every task succeeded on every node. */
  play(): Promise<number>;
  /** Closes the connections that ssh kept open and removes the folder. */
  close(): Promise<void>;
}

export interface PlayOrder {
  readonly nodes: readonly ContainerNode[];
  /** OpenSSH private key that logs in as root. */
  readonly privateKey: string;
  /** Absolute paths of the scripts, in order. */
  readonly scripts: readonly string[];
}

const PLAY_DEADLINE_MS = 300_000;
/** A unix socket's path may have 107 characters, so the folder of ssh's control sockets has a short name. */
const FOLDER = '/tmp/anl-ansible-';

/** Writes inventory, playbook and settings into a folder of their own. */
export async function prepareAnsible(order: PlayOrder): Promise<Ansible> {
  const folder = await mkdtemp(FOLDER);
  await chmod(folder, 0o700);
  const write = (name: string, content: string): Promise<void> =>
    writeFile(join(folder, name), content, { mode: 0o600 });
  const knownHosts = await Promise.all(order.nodes.map(async (node) => `${node.address} ${await node.hostKey()}`));

  await mkdir(join(folder, 'sockets'));
  await write('id', order.privateKey);
  await write('known_hosts', `${knownHosts.join('\n')}\n`);
  await write('ansible.cfg', settings(folder, order.nodes.length));
  await write('inventory.ini', inventory(folder, order.nodes));
  await write('playbook.yml', playbook(order.scripts));

  const env = { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_HOME: join(folder, 'home'), LC_ALL: 'C.UTF-8' };
  return {
    async play() {
      const began = performance.now();
      const output = await command('ansible-playbook', ['-i', 'inventory.ini', 'playbook.yml'], {
        env,
        cwd: folder,
        deadlineMs: PLAY_DEADLINE_MS,
      });
      const wallMs = performance.now() - began;
      expectAllDone(output, order);
      return wallMs;
    },
    async close() {
      for (const node of order.nodes) {
        const exit = ['-o', `ControlPath=${join(folder, 'sockets')}/%C`, '-O', 'exit', `root@${node.address}`];
        await command('ssh', exit).catch(() => undefined);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function settings(folder: string, forks: number): string {
  return `[defaults]
forks = ${forks}
gathering = explicit
host_key_checking = True
retry_files_enabled = False
local_tmp = ${folder}/local
deprecation_warnings = False

[ssh_connection]
pipelining = True
control_path_dir = ${folder}/sockets
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${folder}/sockets/%C -o UserKnownHostsFile=${folder}/known_hosts
`;
}

function inventory(folder: string, nodes: readonly ContainerNode[]): string {
  const hosts = nodes.map((node) => `${node.name} ansible_host=${node.address}`);
  const variables = [
    'ansible_user=root',
    `ansible_ssh_private_key_file=${folder}/id`,
    'ansible_python_interpreter=/usr/bin/python3',
  ];
  return `[nodes]\n${hosts.join('\n')}\n\n[nodes:vars]\n${variables.join('\n')}\n`;
}

function playbook(scripts: readonly string[]): string {
  const tasks = scripts.map((path) => `    - name: ${path.split('/').at(-1)}\n      ansible.builtin.script: ${path}\n`);
  return `- hosts: nodes\n  gather_facts: false\n  tasks:\n${tasks.join('')}`;
}

/** Reads the recap: a play that skipped hosts would be fast for the wrong reason. */
function expectAllDone(output: string, order: PlayOrder): void {
  const done = order.nodes.filter((node) => {
    const recap = output.split('\n').find((line) => line.startsWith(`${node.name} `) && line.includes('ok='));
    return recap !== undefined && new RegExp(`ok=${order.scripts.length} .*unreachable=0 .*failed=0 `).test(recap);
  });
  if (done.length === order.nodes.length) return;
  throw new Error(
    `ansible-playbook did every task on ${done.length} of ${order.nodes.length} nodes:\n${output.slice(-2_000)}`,
  );
}
