import { Agent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';

/** Whether a certificate is the one this BMC has; SHA-256 of it, hex in lower case. */
export type CertificateCheck = (sha256: string) => Promise<string | null>;

/**
 * TLS to a BMC. Theirs are self-signed, with a name that fits nothing, so what counts is that the certificate is the one
 * that was pinned. It is looked at before the first byte of HTTP leaves, so that a stranger on the address gets neither
 * token nor password.
 */
export class PinnedAgent extends Agent {
  private readonly connecting = new Set<TLSSocket>();

  constructor(
    private readonly check: CertificateCheck,
    private readonly connectMs: number,
  ) {
    // One at a time: BMCs are small.
    super({ keepAlive: true, maxSockets: 1 });
  }

  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    whenDone?: (error: Error | null, socket: Socket) => void,
  ): null {
    const host = options.host ?? '';
    const socket = connect({
      host,
      port: Number(options.port),
      // Who it is is decided below.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Older BMCs know nothing newer. The certificate is pinned all the same.
      minVersion: 'TLSv1.2',
    });
    this.connecting.add(socket);
    socket.once('close', () => this.connecting.delete(socket));
    socket.setTimeout(this.connectMs, () => socket.destroy(new Error('no TLS in time')));
    const tell = whenDone as (error: Error | null, socket: TLSSocket | undefined) => void;
    const failed = (error: Error): void => tell(error, undefined);
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      void this.verdict(socket).then((refused) => {
        this.connecting.delete(socket);
        socket.setTimeout(0);
        socket.removeListener('error', failed);
        if (refused === null) return tell(null, socket);
        socket.on('error', () => {});
        socket.destroy();
        return tell(new CertificateRefused(refused), undefined);
      });
    });
    return null;
  }

  /** Gives up connections that are still being made: Node's own agent knows them only once they are. */
  letGo(): void {
    for (const socket of this.connecting) socket.destroy(new Error('it was no longer waited for'));
  }

  override destroy(): void {
    this.letGo();
    super.destroy();
  }

  private async verdict(socket: TLSSocket): Promise<string | null> {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return 'it showed no certificate';
    try {
      return await this.check(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    } catch (error) {
      return `its certificate could not be compared: ${(error as Error).message}`;
    }
  }
}

/** Somebody else answers there. Nothing was sent. */
export class CertificateRefused extends Error {}
