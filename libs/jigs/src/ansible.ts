import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json, JsonObject } from '#core';
import { Jig, type JigOutcome, type JigRun, type NodeSession, type Reach } from '#app';
import { execa } from 'execa';
import { causeOf } from './abort.js';
import { logLine } from './log-line.js';
import { checkOutputs, type CheckedOutputs, type WrittenOutput } from './outputs.js';
import { NODE_FOLDERS, ScriptJig, type ScriptJigOptions } from './script.js';

export interface AnsibleJigOptions extends ScriptJigOptions {
  readonly session: NodeSession;
  readonly privateKeyPath: string;
  readonly user?: string;
  /** Name or path of the program. */
  readonly command?: string;
}

const PLAYBOOK = 'playbook.yml';
/** Time for ansible-playbook to end by itself after TERM; then KILL. */
const KILL_AFTER_MS = 5_000;
/** Time for ending on the node what an aborted playbook left there. */
const SWEEP_DEADLINE_MS = 10_000;
const REASON_MAX = 300;
/** setpriv's exit status when there is no such program. */
const NOT_FOUND = 127;
/** ansible-playbook's exit status when the host could not be reached. */
const UNREACHABLE = 4;

/**
 * Runs a role's playbook.yml for the node with ansible-playbook, from a private folder that is gone afterwards.
 *
 * - The inventory is that one node; its pinned host key is the only one that is known.
 * - The declared attributes are extra variables: each under its own name where that is a name for a variable, and all of
 *   them in the map `anneal_attribs`.
 * - Outputs are what the playbook gives to `set_stats`; they are handed back on failure too, and checked like a script's.
 * - Everything Ansible starts on the node carries a mark in its environment, by which it is found and ended when the run
 *   is aborted, and by the next run on that node when nobody has seen this one end. The mark passes where sshd accepts LC_*, as Debian's does.
 * - The node's fence is claimed first by an empty run of the script jig, so that a stale attempt never gets further. A
 *   playbook that is superseded between two of its tasks is not stopped by the node: that is its own worker's duty.
 */
export class AnsibleJig extends Jig {
  readonly name = 'ansible';
  private readonly script: ScriptJig;

  constructor(private readonly options: AnsibleJigOptions) {
    super();
    this.script = new ScriptJig(options);
  }

  async run(run: JigRun): Promise<JigOutcome> {
    if (!run.files.some((file) => file.path === PLAYBOOK)) {
      return { kind: 'failed', reason: `role ${run.roleName} has no ${PLAYBOOK}; put one into its folder` };
    }
    const claimed = await this.claim(run);
    if (claimed.kind !== 'succeeded') return claimed;
    await removeOrphans();
    const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    try {
      await this.prepare(run, folder);
      const outcome = await this.play(run, folder);
      if (outcome.kind !== 'lost-contact') await this.settle(run);
      return outcome;
    } finally {
      await this.hangUp(run.node, folder);
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Claims the fence on the node and ends what earlier playbooks left running there. */
  private claim(run: JigRun): Promise<JigOutcome> {
    const { runId, nodeRoleId, attempt, fence, roleName, node, signal } = run;
    const files = [{ path: 'claim.sh', content: claimScript(markOf(run)) }];
    const log: JigRun['log'] = (line, stream) => {
      if (stream !== 'anneal') run.log(line, stream);
    };
    return this.script.run({
      runId,
      nodeRoleId,
      attempt,
      fence,
      roleName,
      node,
      signal,
      files,
      attribs: {},
      outputs: [],
      mask: (text) => run.mask(text),
      log,
    });
  }

  private async prepare(run: JigRun, folder: string): Promise<void> {
    const { node } = run;
    const put = async (path: string, content: string): Promise<void> => {
      await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      await writeFile(join(folder, path), content, { mode: 0o600 });
    };
    for (const file of run.files) await put(join('role', file.path), file.content);
    const port = node.sshPort === 22 ? node.address : `[${node.address}]:${node.sshPort}`;
    // Empty, but there: otherwise the settings of whoever runs this process would count.
    await put('ansible.cfg', '[defaults]\n');
    await put('known_hosts', `${port} ${node.hostKey}\n`);
    await put('ssh_config', sshConfig(markOf(run)));
    await put('inventory.json', JSON.stringify(inventory(node, this.options)));
    await put('attribs.json', JSON.stringify(variables(run)));
    await put('callback/anneal_outputs.py', OUTPUTS_PLUGIN);
  }

  private async play(run: JigRun, folder: string): Promise<JigOutcome> {
    // setpriv: when this process is killed the playbook must not go on alone beside the next attempt.
    const program = ['--pdeathsig', 'KILL', this.options.command ?? 'ansible-playbook'];
    const argv = [...program, '--inventory', 'inventory.json', '--extra-vars', '@attribs.json', join('role', PLAYBOOK)];
    const child = execa('setpriv', argv, {
      cwd: folder,
      env: environment(folder),
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      // A group of its own: ansible-playbook forks, and each fork starts an ssh.
      detached: true,
    });
    // Its forks would hold the output open, and go on, when it is killed.
    child.once('exit', () => signalGroup(child.pid, 'SIGKILL'));
    const fatal = followLog(run, child);
    const stopListening = endOnAbort(run.signal, child);
    const result = await child;
    stopListening();

    if (result.exitCode === NOT_FOUND || result.code === 'ENOENT') {
      return {
        kind: 'failed',
        reason: 'ansible-playbook is not installed here; install it with: apt-get install -y ansible-core',
      };
    }
    const reason = await fatal;
    const { outputs, problems } = await readOutputs(run, folder);
    for (const problem of problems) run.log(problem, 'anneal');
    if (run.signal.aborted && result.exitCode !== 0) {
      await this.sweep(run);
      return { kind: 'aborted', cause: causeOf(run.signal), outputs };
    }
    if (result.exitCode === UNREACHABLE)
      return { kind: 'lost-contact', reason: reason ?? `${run.node.name} could not be reached` };
    if (result.exitCode !== 0) {
      const how = result.exitCode === undefined ? `was ended by ${result.signal}` : `exited ${result.exitCode}`;
      return {
        kind: 'failed',
        reason: `ansible-playbook ${how}${reason ? `: ${reason}` : ''}`,
        ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
        outputs,
      };
    }
    if (problems.length > 0) return { kind: 'failed', reason: problems.join('; '), outputs };
    return { kind: 'succeeded', outputs };
  }

  /** Ends on the node what this run's playbook has started: closing the connection alone would leave it running. */
  private async sweep(run: JigRun): Promise<void> {
    const end = await this.options.session.exec(run.node, ['sh', '-c', SWEEP, 'sh', `${MARK}=${markOf(run)}`], {
      deadlineMs: SWEEP_DEADLINE_MS,
    });
    if (end.kind === 'exited' && end.exitCode === 0) return;
    run.log('could not see whether the playbook has left something running on the node', 'anneal');
  }

  /** Takes the record of the playbook away: it has ended, and what it leaves running is meant to stay. */
  private async settle(run: JigRun): Promise<void> {
    const folders = this.options.folders?.(run.node) ?? NODE_FOLDERS;
    await this.options.session.exec(run.node, ['rm', '-f', `${folders.run}/${RECORD}`], {
      deadlineMs: SWEEP_DEADLINE_MS,
    });
  }

  /** Ends the connection that Ansible's ssh keeps open between tasks. */
  private async hangUp(node: Reach, folder: string): Promise<void> {
    const argv = ['-F', 'ssh_config', '-O', 'exit', node.address ?? ''];
    await execa('ssh', argv, { cwd: folder, reject: false, stdio: 'ignore', timeout: KILL_AFTER_MS });
  }
}

/** The environment variable that marks what belongs to a run. The name begins with LC_ because sshd lets those through. */
const MARK = 'LC_ANNEAL_RUN';
const markOf = (run: JigRun): string => `${run.runId}.${run.attempt}`;

/** Ends every process whose environment holds the text given as its argument, but for itself: TERM, then KILL. */
const SWEEP = `
round=0
while :; do
  found=
  for environ in /proc/[0-9]*/environ; do
    pid=\${environ#/proc/}
    pid=\${pid%/environ}
    if [ "$pid" != "$$" ] && grep -qaF -e "$1" "$environ" 2>/dev/null; then found="$found $pid"; fi
  done
  [ -n "$found" ] || break
  case $round in
    0) kill -TERM $found 2>/dev/null || : ;;
    [5-9]?) kill -KILL $found 2>/dev/null || : ;;
    ???) exit 1 ;;
  esac
  round=$((round + 1))
  sleep 0.1
done
exit 0
`;

/** Where a node remembers the mark of a playbook that has not been seen to end; beside the runner's own things. */
const RECORD = 'playbook';

/** Ends what a playbook that was never seen to end has left running, and notes that this one begins. */
const claimScript = (mark: string): string => `
record=\${ANNEAL_ROLE_DIR%/work/role}/${RECORD}
left=
if [ -s "$record" ]; then read -r left <"$record"; fi
if [ -n "$left" ]; then (
set -- "$left"
${SWEEP}
) fi
printf '%s\\n' '${MARK}=${mark}' >"$record"
`;

/** Paths are relative to the private folder, in which everything runs: none of them needs quoting. */
const sshConfig = (mark: string): string =>
  [
    'Host *',
    '  UserKnownHostsFile known_hosts',
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  IdentitiesOnly yes',
    '  BatchMode yes',
    '  ControlMaster auto',
    '  ControlPath connection',
    '  ControlPersist 30',
    '  ServerAliveInterval 5',
    '  ServerAliveCountMax 3',
    `  SetEnv ${MARK}=${mark}`,
    '',
  ].join('\n');

const inventory = (node: Reach, options: AnsibleJigOptions): JsonObject => ({
  all: {
    hosts: {
      [node.name]: {
        ansible_host: node.address,
        ansible_port: node.sshPort,
        ansible_user: options.user ?? 'root',
        ansible_ssh_private_key_file: options.privateKeyPath,
        ansible_ssh_common_args: '-F ssh_config',
        ansible_python_interpreter: 'auto_silent',
      },
    },
  },
});

function variables(run: JigRun): JsonObject {
  const named: Record<string, Json> = {
    anneal_attribs: run.attribs,
    anneal_role: run.roleName,
    anneal_node: run.node.name,
  };
  for (const [name, value] of Object.entries(run.attribs))
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) named[name] ??= value;
  return named;
}

/** Nothing of this process's own environment is passed on but where programs are. */
const environment = (folder: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: folder,
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONUNBUFFERED: '1',
  ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
  ANSIBLE_SSH_ARGS: '',
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_PIPELINING: '1',
  ANSIBLE_HOST_KEY_CHECKING: '1',
  ANSIBLE_RETRY_FILES_ENABLED: '0',
  ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
  ANSIBLE_CALLBACK_PLUGINS: join(folder, 'callback'),
  ANNEAL_OUTPUTS: join(folder, OUTPUTS),
});

const OUTPUTS = 'outputs.json';

/** Writes what the playbook gave to set_stats into a file, also when a task has failed. */
const OUTPUTS_PLUGIN = `
import json
import os

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'anneal_outputs'
    CALLBACK_NEEDS_ENABLED = False

    def v2_playbook_on_stats(self, stats):
        outputs = {}
        for host in sorted(stats.custom):
            outputs.update(stats.custom[host])
        with open(os.environ['ANNEAL_OUTPUTS'], 'w') as file:
            json.dump(outputs, file)
`;

const FOLDER_PREFIX = 'anneal-ansible-';

/** Removes the private folders of processes that were killed before they could: there may be secrets in them. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const pid = Number(name.slice(FOLDER_PREFIX.length).split('-')[0]);
    if (Number.isSafeInteger(pid) && !isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readOutputs(run: JigRun, folder: string): Promise<CheckedOutputs> {
  let text: string;
  try {
    text = await readFile(join(folder, OUTPUTS), 'utf8');
  } catch {
    // The playbook was ended, or not even parsed: then it has handed back nothing.
    return { outputs: {}, problems: [] };
  }
  const written = Object.entries(JSON.parse(text) as JsonObject).map(([name, value]): WrittenOutput => ({
    name,
    value,
  }));
  return checkOutputs(written, run.outputs);
}

/** What is needed of the running program. */
interface Playing {
  readonly pid?: number;
  iterable(options: { from: 'stdout' | 'stderr' }): AsyncIterable<unknown>;
}

/** Streams both outputs to the log; resolves to the first line that says what went wrong. */
async function followLog(run: JigRun, child: Playing): Promise<string | null> {
  let fatal: string | null = null;
  const follow = async (from: 'stdout' | 'stderr', stream: 'out' | 'err'): Promise<void> => {
    for await (const line of child.iterable({ from })) {
      const text = run.mask(String(line));
      if (/^(fatal|ERROR!|\[ERROR\])/.test(text)) fatal ??= text.slice(0, REASON_MAX);
      run.log(logLine(text), stream);
    }
  };
  await Promise.allSettled([follow('stdout', 'out'), follow('stderr', 'err')]);
  return fatal;
}

/** Sends TERM to the whole group on abort, and KILL to what is left. Returns what takes the listener away. */
function endOnAbort(signal: AbortSignal, child: Playing): () => void {
  let timer: NodeJS.Timeout | null = null;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
    if (timer) clearTimeout(timer);
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
