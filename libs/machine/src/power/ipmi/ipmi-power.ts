import type { BmcLogin, DriverReading, DriverResult, PowerDriver, PowerOptions } from '#app';
import type { PowerAction } from '#core';
import { runProgram } from '../program.js';
import { switchPower, type NotTaken } from '../steps.js';
import { Deadline } from '../until.js';
import { readBootFlags, readComplaint, readPowerStatus } from './parse.js';

/** Between two tries of one packet of a question, in seconds. */
const ASK_AGAIN_S = 1;
/**
 * The same of what changes something, in seconds. A BMC may take seconds to act before it answers, and not all know a packet
 * again that comes twice: a second reset would start the machine without the boot device that was meant for it.
 */
const ACT_AGAIN_S = 5;
/** Tries of one packet: RMCP is UDP, and BMCs drop what they have no time for. */
const TRIES = 4;
/** IPMI 2.0 §28.5: longest time that the lamp lights by itself, in seconds. */
const IDENTIFY_SECONDS_MAX = 255;
const IDENTIFY_SECONDS = 60;
/** An answer this soon means that somebody is there; silence takes all the tries. Milliseconds. */
const SOON_MS = 900;

/**
 * A BMC that speaks IPMI 2.0 over the network, by way of ipmitool (lanplus). Every call is a session of its own: BMCs have
 * few, and drop the idle ones. The cipher suite is always named, because ipmitool 1.8.19 waits ten seconds for a list of
 * them that many BMCs do not give. The password is in its environment, never on its command line.
 */
export class IpmiPower implements PowerDriver {
  readonly method = 'ipmi';

  constructor(
    private readonly login: BmcLogin,
    private readonly options: { readonly uefi: boolean; readonly offMs?: number },
  ) {}

  state(deadlineMs: number, signal?: AbortSignal): Promise<DriverReading> {
    return this.read(new Deadline(deadlineMs, signal));
  }

  async act(action: PowerAction, options: PowerOptions): Promise<DriverResult> {
    switch (action) {
      case 'on':
      case 'off':
      case 'cycle':
      case 'reset':
        return switchPower(
          {
            read: (deadline) => this.read(deadline),
            ask: (what, deadline) => this.ask(['chassis', 'power', what], deadline),
          },
          action,
          options,
          this.options.offMs,
        );
      case 'identify':
        return this.identify(options);
      case 'boot-network':
        return this.boot('network', options);
      case 'boot-disk':
        return this.boot('disk', options);
    }
  }

  async close(): Promise<void> {
    // Nothing is kept between two calls.
  }

  private async read(deadline: Deadline): Promise<DriverReading> {
    const said = await this.run(['chassis', 'power', 'status'], deadline);
    return 'reason' in said
      ? { kind: 'failed', reason: said.reason }
      : { kind: 'read', state: readPowerStatus(said.out) };
  }

  private async identify(options: PowerOptions): Promise<DriverResult> {
    const seconds = Math.min(options.identifySeconds ?? IDENTIFY_SECONDS, IDENTIFY_SECONDS_MAX);
    const refused = await this.ask(
      ['chassis', 'identify', String(seconds)],
      new Deadline(options.deadlineMs, options.signal),
    );
    if (refused) return { kind: 'failed', reason: refused.reason, effect: refused.effect };
    return { kind: 'done', says: seconds === 0 ? 'its lamp is out' : `its lamp lights for ${seconds} s` };
  }

  /** For the next boot alone. The device is read back; the bit that says it counts is missing on too many to be believed. */
  private async boot(from: 'network' | 'disk', options: PowerOptions): Promise<DriverResult> {
    const deadline = new Deadline(options.deadlineMs, options.signal);
    // §28.12, parameter 3: else the wish is forgotten after 60 s, which is less than many machines need to start. Not all can.
    await this.run(['raw', '0x00', '0x08', '0x03', '0x08'], deadline);
    const device = from === 'network' ? 'pxe' : 'disk';
    const refused = await this.ask(
      ['chassis', 'bootdev', device, ...(this.options.uefi ? ['options=efiboot'] : [])],
      deadline,
    );
    if (refused) return { kind: 'failed', reason: refused.reason, effect: refused.effect };
    const said = await this.run(['chassis', 'bootparam', 'get', '5'], deadline);
    const flags = 'reason' in said ? null : readBootFlags(said.out);
    if (flags === null) return { kind: 'done', says: `was told to start from ${from} next; its BMC does not show it` };
    if (flags.device !== from)
      return {
        kind: 'failed',
        reason: `its BMC took the wish to start from ${from} and kept ${flags.device}`,
        effect: 'none',
      };
    return {
      kind: 'done',
      says: `starts from ${from} next${flags.valid ? '' : ', if its BMC keeps to what it shows'}`,
    };
  }

  private async ask(command: readonly string[], deadline: Deadline): Promise<NotTaken | null> {
    const said = await this.run(command, deadline, ACT_AGAIN_S);
    return 'reason' in said ? said : null;
  }

  private async run(
    command: readonly string[],
    deadline: Deadline,
    againSeconds: number = ASK_AGAIN_S,
  ): Promise<{ readonly out: string } | NotTaken> {
    const { address, ipmiPort, user, password, cipherSuite } = this.login;
    const before = performance.now();
    const end = await runProgram(
      'ipmitool',
      [
        ...['-I', 'lanplus', '-C', String(cipherSuite), '-H', address, '-p', String(ipmiPort), '-U', user, '-E'],
        ...['-N', String(againSeconds), '-R', String(TRIES), ...command],
      ],
      { env: { IPMI_PASSWORD: password }, deadlineMs: deadline.leftMs, signal: deadline.signal },
    );
    const where = `${address} port ${ipmiPort}`;
    switch (end.kind) {
      case 'absent':
        return { reason: `${end.reason}; install the package ipmitool`, effect: 'none', final: true };
      case 'stopped':
        return { reason: `no answer over IPMI from ${where} in time`, effect: 'unknown' };
      case 'exited': {
        if (end.exitCode === 0) return { out: end.out };
        const complaint = readComplaint(end.err, end.out);
        if (!complaint.includes('Unable to establish'))
          return { reason: `the BMC at ${where} refused: ${complaint}`, effect: 'none' };
        const answered = performance.now() - before < SOON_MS;
        return answered
          ? {
              reason: `the BMC at ${where} does not let us in: look at user, password and cipher suite`,
              effect: 'none',
              final: true,
            }
          : { reason: `nothing answers over IPMI at ${where}`, effect: 'none' };
      }
    }
  }
}
