import type { DriverReading, DriverResult, ExecEnd, NodeSession, PowerDriver, PowerOptions, Reach } from '#app';
import type { PowerAction } from '#core';
import { Deadline } from './until.js';

/** The command answers before anything happens: its exit status is needed, and the connection ends with the system. */
const DELAY_S = 1;
/** A system that hangs while it stops is ended without ceremony after this long. */
const FORCE_AFTER_S = 90;
/** Between two looks whether it still answers, in milliseconds. */
const LOOK_EVERY_MS = 300;
const LOOK_MS = 3_000;

/**
 * Asks the running system to restart or to stop, over SSH, where there is no BMC. What does it is detached from the session
 * with all its descriptors closed, so that the command ends at once, whatever happens next; that it happened is seen when
 * the system no longer answers or answers with another boot id. It cannot switch anything on.
 */
export class SshPower implements PowerDriver {
  readonly method = 'ssh';

  constructor(
    private readonly session: NodeSession,
    private readonly reach: Reach,
  ) {}

  async state(deadlineMs: number): Promise<DriverReading> {
    const probe = await this.session.probe(this.reach, deadlineMs, 'banner');
    return probe.kind === 'alive' ? { kind: 'read', state: 'on' } : { kind: 'read', state: 'unknown' };
  }

  async act(action: PowerAction, { deadlineMs, signal }: PowerOptions): Promise<DriverResult> {
    if (action !== 'off' && action !== 'reset') return { kind: 'unsupported' };
    const deadline = new Deadline(deadlineMs, signal);
    const before = await this.bootId(deadline);
    if (before.kind !== 'booted') return { kind: 'failed', reason: before.reason, effect: 'none' };
    const end = await this.session.exec(
      this.reach,
      ['sh', '-c', DETACHED, 'sh', action === 'off' ? 'poweroff' : 'reboot', String(DELAY_S), String(FORCE_AFTER_S)],
      { deadlineMs: deadline.leftMs, ...(signal ? { signal } : {}) },
    );
    if (end.kind !== 'exited' || end.exitCode !== 0) {
      return { kind: 'failed', reason: whyOf(end), effect: end.kind === 'unreachable' ? 'none' : 'unknown' };
    }
    while (!deadline.isOver) {
      await deadline.pause(LOOK_EVERY_MS);
      const now = await this.bootId(deadline.within(LOOK_MS));
      if (now.kind === 'silent') return { kind: 'done', says: 'was told to over SSH, and no longer answers there' };
      if (now.kind === 'booted' && now.id !== before.id)
        return { kind: 'done', says: 'was told to over SSH, and has started anew' };
    }
    return { kind: 'failed', reason: 'it was told to over SSH and still answers as before', effect: 'unknown' };
  }

  async close(): Promise<void> {
    // Sessions belong to whoever made them.
  }

  private async bootId(
    deadline: Deadline,
  ): Promise<
    { readonly kind: 'booted'; readonly id: string } | { readonly kind: 'silent' | 'unclear'; readonly reason: string }
  > {
    let id = '';
    const end = await this.session.exec(this.reach, ['cat', '/proc/sys/kernel/random/boot_id'], {
      deadlineMs: Math.max(1, deadline.leftMs),
      onLine: (stream, line) => {
        if (stream === 'out') id += line.trim();
      },
    });
    if (end.kind === 'exited' && end.exitCode === 0 && id !== '') return { kind: 'booted', id };
    const gone = end.kind === 'lost-contact' || (end.kind === 'unreachable' && end.code === 'no-contact');
    // Other keys, a refused login: somebody answers, and it is not the system that was told.
    const another = end.kind === 'unreachable' && end.code !== 'no-contact';
    return { kind: gone || another ? 'silent' : 'unclear', reason: whyOf(end) };
  }
}

/** $1 the verb, $2 seconds until it begins, $3 seconds until it is forced. A unit of its own where there is systemd. */
const DETACHED = `
set -eu
work='sleep "$2"; "$1" || true; sleep "$3"; "$1" -f'
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
  systemd-run --quiet --collect --no-block sh -c "$work" sh "$@" </dev/null >/dev/null 2>&1 && exit 0
fi
if command -v setsid >/dev/null 2>&1; then launch=setsid; else launch=; fi
$launch sh -c "$work" sh "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
`;

const whyOf = (end: ExecEnd): string => {
  switch (end.kind) {
    case 'exited':
      return `the command ended with ${end.exitCode}`;
    case 'signalled':
      return `the command was ended by ${end.signal}`;
    case 'stopped':
      return 'there was no answer over SSH in time';
    case 'lost-contact':
    case 'unreachable':
      return end.reason;
  }
};
