import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { CHECKOUT } from '#runtime';
import type { Progress } from '../progress.js';
import { remotely, type Remote } from './remote.js';

/**
 * A look at the cloud from where its users are: a guest is started, gets a floating address, and is logged in to from this
 * host over that address. Everything that was made for it is taken away again.
 */
const SCRIPT = join(CHECKOUT, 'deploy/lab/cloud/guest.py');
const SCRIPT_MS_MAX = 900_000;
/** From ACTIVE to an SSH server that answers, on emulated processors of a busy machine. */
const LOGIN_MS_MAX = 600_000;
const TRY_MS_MAX = 60_000;
const LOOK_MS = 2_000;

export async function tryGuest(controller: Remote, progress: Progress): Promise<void> {
  const key = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'lab' });
  const script = await readFile(SCRIPT, 'utf8');
  const onController = (args: string): Promise<string> => {
    const python = `PYTHONPATH=/usr/lib/anneal/openstack python3 -B - ${args} 2>&1`;
    return remotely(controller, python, SCRIPT_MS_MAX, script);
  };
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(0);
  try {
    const address = (await onController(`up '${key.public.trim()}'`)).trim().split('\n').at(-1) ?? '';
    progress.say(`a guest is active after ${seconds()} s, with the floating address ${address}`);
    const said = await untilLoggedIn({ host: address, user: 'cirros', privateKey: key.private });
    progress.say(`${said.trim()} at ${address} lets its owner log in ${seconds()} s after it was asked for`);
  } finally {
    await onController('down');
  }
}

async function untilLoggedIn(guest: Remote): Promise<string> {
  for (const until = Date.now() + LOGIN_MS_MAX; ; await pause(LOOK_MS)) {
    try {
      return await remotely(guest, 'hostname', TRY_MS_MAX);
    } catch (cause) {
      if (Date.now() > until) throw new Error(`the guest at ${guest.host} lets nobody log in`, { cause });
    }
  }
}
