import { connect, type Socket } from 'node:net';
import type { Reach, Unreachable } from '#app';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { hostKeyAlgorithms, hostKeyText, sameHostKey } from './host-key.js';

/** What every connection of an installation has in common. Each is passed to ssh2 explicitly: none of its defaults is relied on. */
export interface ConnectionSettings {
  readonly user: string;
  /** Private key, OpenSSH or PEM text without a passphrase. */
  readonly privateKey: string;
  /** Milliseconds from the start of the TCP connection to the end of the login. */
  readonly connectDeadlineMs: number;
  /** Milliseconds between keepalives; after `keepaliveCountMax` unanswered ones the connection counts as lost. */
  readonly keepaliveMs: number;
  readonly keepaliveCountMax: number;
}

/** Which host keys are accepted: the pinned one, any (what becomes of an unpinned node is the caller's decision), or none. */
export type HostKeyPolicy = 'pinned' | 'any' | 'only-look';

/**
 * One logged-in SSH connection. It never comes back once lost: the pool opens another. Nagle's algorithm is off from the
 * first packet, because small commands would wait 40 ms each for the peer's delayed acknowledgement (9 times slower).
 */
export class Connection {
  private lostReason: string | null = null;
  private onLost: (() => void)[] = [];
  private failure: string | null = null;

  private constructor(
    private readonly client: Client,
    readonly hostKey: string,
    /** The longest command that its server takes, in bytes. */
    readonly commandBytesMax: number,
  ) {
    client.on('error', (error) => (this.failure = error.message));
    client.on('close', () => {
      this.lostReason = this.failure ?? 'the node closed the connection';
      const listeners = this.onLost;
      this.onLost = [];
      for (const listener of listeners) listener();
    });
  }

  /** Why the connection is gone, or null while it stands. */
  get lost(): string | null {
    return this.lostReason;
  }

  /** Calls back once when the connection is lost; at once when it is already. Returns what takes the listener away. */
  whenLost(listener: () => void): () => void {
    if (this.lostReason !== null) {
      listener();
      return () => {};
    }
    this.onLost.push(listener);
    return () => (this.onLost = this.onLost.filter((other) => other !== listener));
  }

  /** Asks for a channel with a command on it. An error means that the node has not acknowledged the command. */
  open(command: string): Promise<ClientChannel | Error> {
    return new Promise((resolve) => {
      try {
        this.client.exec(command, (error, channel) => resolve(error ?? channel));
      } catch (error) {
        resolve(error as Error);
      }
    });
  }

  end(): void {
    this.client.end();
    // A peer that is gone never answers the end of the connection; its socket must not keep this process alive.
    setTimeout(() => this.client.destroy(), END_GRACE_MS).unref();
  }

  /** Connects and logs in, or says why not. With `only-look` the connection is dropped as soon as the key was offered. */
  static connect(reach: Reach, settings: ConnectionSettings, policy: HostKeyPolicy): Promise<Connection | Unreachable> {
    const { address } = reach;
    if (address === null) {
      return Promise.resolve({
        kind: 'unreachable',
        code: 'no-contact',
        reason: `${reach.name} has no address on the admin network`,
      });
    }
    return new Promise((resolve) => {
      let offered: string | undefined;
      let introduction = '';
      let phase: 'tcp' | 'handshake' | 'login' = 'tcp';
      const socket: Socket = connect({ host: address, port: reach.sshPort, noDelay: true });
      const client = new ssh2.Client();
      const at = `${reach.name} (${address.includes(':') ? `[${address}]` : address}:${reach.sshPort})`;

      const fail = (code: Unreachable['code'], reason: string): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ kind: 'unreachable', code, reason, ...(offered ? { hostKey: offered } : {}) });
      };
      const timer = setTimeout(() => {
        const waited = { tcp: 'accept a connection', handshake: 'answer as an SSH server', login: 'finish the login' }[
          phase
        ];
        fail('no-contact', `${at} did not ${waited} within ${settings.connectDeadlineMs} ms`);
      }, settings.connectDeadlineMs);

      socket.once('connect', () => (phase = 'handshake'));
      client.once('handshake', () => (phase = 'login'));
      client.once('ready', () => {
        clearTimeout(timer);
        client.off('error', onError);
        client.off('close', onClose);
        resolve(new Connection(client, offered!, DROPBEAR.test(introduction) ? DROPBEAR_COMMAND_MAX : COMMAND_MAX));
      });
      const onError = (error: Error & { level?: string }): void => {
        if (policy === 'only-look' && offered) return;
        const mismatch =
          reach.hostKey !== null &&
          policy === 'pinned' &&
          offered !== undefined &&
          !sameHostKey(offered, reach.hostKey);
        if (mismatch) fail('host-key-mismatch', mismatchSentence(at, reach.hostKey, offered!));
        else if (/no matching host key format/i.test(error.message) && reach.hostKey !== null) {
          fail('host-key-mismatch', mismatchSentence(at, reach.hostKey, 'a key of another type'));
        } else if (error.level === 'client-authentication') {
          fail(
            'login-refused',
            `${at} refuses the login of ${settings.user} with this installation's key; put the public key into its authorized_keys`,
          );
        } else fail('no-contact', `${at}: ${error.message || 'the connection failed'}`);
      };
      const onClose = (): void => fail('no-contact', `${at} closed the connection before the login was done`);
      client.on('error', onError);
      client.on('close', onClose);
      client.connect({
        sock: socket,
        username: settings.user,
        privateKey: settings.privateKey,
        authHandler: ['publickey'],
        readyTimeout: 0,
        keepaliveInterval: settings.keepaliveMs,
        keepaliveCountMax: settings.keepaliveCountMax,
        algorithms: { serverHostKey: hostKeyAlgorithms(policy === 'pinned' ? reach.hostKey : null) },
        hostVerifier: (blob: Buffer) => {
          offered = hostKeyText(blob);
          if (policy === 'any') return true;
          if (policy === 'pinned') return reach.hostKey === null || sameHostKey(offered, reach.hostKey);
          fail('host-key-unpinned', `${at} offers a host key that is not pinned yet`);
          return false;
        },
      });
      // ssh2 listens already and keeps to itself who the server says it is.
      socket.once('data', (chunk: Buffer) => (introduction = chunk.toString('latin1')));
    });
  }
}

const mismatchSentence = (at: string, pinned: string, offered: string): string =>
  `${at} is not the machine that was pinned: it offers ${offered}, pinned is ${pinned}. ` +
  'If it was installed anew on purpose, pin its new key; if not, something else answers at this address';

/** A server that ends the connection when a command is longer than 9,000 bytes. The discovery system has it. */
const DROPBEAR = /^SSH-2\.0-dropbear/m;
const DROPBEAR_COMMAND_MAX = 8_000;
/** Linux gives one argument 128 KiB, and a login shell gets the command as one. */
const COMMAND_MAX = 120_000;

/** Time for an orderly end of a connection before the socket is destroyed. */
const END_GRACE_MS = 2_000;
