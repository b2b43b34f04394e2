import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { hostKeyAlgorithms, hostKeyText, sameHostKey } from '../host-key.js';

export interface Knock {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  readonly deadlineMs: number;
}

/**
 * How a server would let an account in, as it says itself when somebody asks without proving anything (RFC 4252 §5.2, the
 * method `none`): `publickey`, `password`, `keyboard-interactive`. Null when it does not answer, or is another machine.
 */
export const offeredMethods = ({
  address,
  port,
  user,
  hostKey,
  deadlineMs,
}: Knock): Promise<readonly string[] | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    const client = new ssh2.Client();
    const end = (methods: readonly string[] | null): void => {
      clearTimeout(timer);
      resolve(methods);
      client.destroy();
      socket.destroy();
    };
    const timer = setTimeout(() => end(null), deadlineMs);
    client.on('error', () => end(null));
    client.on('close', () => end(null));
    // It lets everybody in who only asks.
    client.on('ready', () => end(['none']));
    client.connect({
      sock: socket,
      username: user,
      readyTimeout: 0,
      authHandler: (left: readonly string[] | null, _partial: unknown, next: (method: unknown) => void) => {
        if (left === null) return next('none');
        end(left);
        return next(false);
      },
      algorithms: { serverHostKey: hostKeyAlgorithms(hostKey) },
      hostVerifier: (key: Buffer) => sameHostKey(hostKeyText(key), hostKey),
    } as unknown as Parameters<typeof client.connect>[0]);
  });
