import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Log } from '#app';
import { TftpFiles, type TftpContent, type VirtualFile } from './files.js';
import { MTU_DEFAULT, TICK_MS, TRANSFERS_MAX, TRANSFERS_PER_CLIENT_MAX } from './limits.js';
import { negotiate, type Agreement } from './negotiate.js';
import { errorPacket, optionAckPacket, readPacket, TFTP_ERROR, type ReadRequest } from './packet.js';
import { Transfer } from './transfer.js';

/**
 * Serves boot files over TFTP, for reading only (RFC 1350). Each transfer has a socket of its own on the address at which
 * the request came in, connected to the client, so that the kernel drops what strangers send there. Writing, netascii and
 * mail are refused with a sentence. It knows nothing of machines: files that are made for one of them come from `virtual`.
 */
export interface TftpOptions {
  /** Addresses to listen on, each with its port; port 0 takes a free one. */
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  readonly root: string;
  readonly virtual?: VirtualFile;
  /** Of the link; blocks are kept below it. */
  readonly mtu?: number;
  readonly log: Log;
  /** Told of each transfer when it has ended, and of each request that was refused. */
  readonly onTransfer?: (transfer: TransferReport) => void;
}

export interface TransferReport {
  readonly client: string;
  readonly port: number;
  readonly file: string;
  /** `aborted` by the client: firmware does so after it has asked for the size. */
  readonly outcome: 'sent' | 'aborted' | 'given-up' | 'refused' | 'stopped';
  /** Why it was refused, or what the client said. */
  readonly says: string;
  readonly bytes: number;
  readonly ms: number;
}

interface Running {
  /** Null until its socket is open. */
  transfer: Transfer | null;
  readonly end: (outcome: TransferReport['outcome'], says: string) => void;
}

export class TftpServer {
  private readonly files: TftpFiles;
  private readonly sockets: Socket[] = [];
  private readonly running = new Map<string, Running>();
  private readonly perClient = new Map<string, number>();
  private ticking: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly options: TftpOptions) {
    this.files = new TftpFiles(options.root, options.virtual);
  }

  /** Where it listens, in the order of `listen`. Rejects when a port is taken or needs a right that is missing. */
  async start(): Promise<readonly { readonly address: string; readonly port: number }[]> {
    try {
      for (const { address, port } of this.options.listen) this.sockets.push(await this.open(address, port));
    } catch (error) {
      await this.close();
      throw new Error('start the TFTP server', { cause: error });
    }
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    return this.sockets.map((socket) => socket.address());
  }

  /** Ends all transfers; their clients give up by themselves. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.ticking) clearInterval(this.ticking);
    for (const running of [...this.running.values()]) running.end('stopped', 'the server stops');
    await Promise.all(
      this.sockets.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }

  get transfers(): number {
    return this.running.size;
  }

  private open(address: string, port: number): Promise<Socket> {
    const socket = openSocket(isIPv6(withoutZone(address)));
    return new Promise((resolve, reject) => {
      socket.once('error', (cause) => {
        socket.close();
        reject(new Error(`listen for TFTP on ${address} port ${port}`, { cause }));
      });
      socket.bind({ address, port }, () => {
        socket.removeAllListeners('error');
        socket.on('error', (error) => this.options.log.error('the TFTP socket failed', error, { address }));
        socket.on('message', (bytes, from) => this.receive(socket, address, bytes, from));
        resolve(socket);
      });
    });
  }

  private receive(socket: Socket, local: string, bytes: Buffer, from: RemoteInfo): void {
    if (this.closed || from.port === 0) return;
    const packet = readPacket(bytes);
    // Acknowledgements and errors have no business on the port for requests.
    if (!packet || packet.kind === 'ack' || packet.kind === 'error') return;
    const refuse = (code: number, says: string, file = ''): void => {
      socket.send(errorPacket(code, says), from.port, from.address, () => {});
      this.options.onTransfer?.({
        client: from.address,
        port: from.port,
        file,
        outcome: 'refused',
        says,
        bytes: 0,
        ms: 0,
      });
    };
    if (packet.kind === 'write') return refuse(TFTP_ERROR.accessViolation, 'nothing can be written here');
    if (packet.kind === 'malformed') return refuse(TFTP_ERROR.illegalOperation, 'the request cannot be read');
    if (packet.mode !== 'octet')
      return refuse(
        TFTP_ERROR.undefined,
        `mode ${packet.mode === 'netascii' ? 'netascii' : 'asked for'} is not served: ask in mode octet (binary)`,
        packet.file,
      );
    const who = `${from.address} ${from.port}`;
    // The same request again: its answer is repeated when its wait runs out.
    if (this.running.has(who)) return;
    if (this.running.size >= TRANSFERS_MAX) return;
    if ((this.perClient.get(from.address) ?? 0) >= TRANSFERS_PER_CLIENT_MAX) return;
    void this.answer(local, packet, from, refuse).catch((error: unknown) => {
      this.options.log.error('a TFTP request failed', error, { client: from.address, file: packet.file });
      refuse(TFTP_ERROR.undefined, 'the server failed; its log says why', packet.file);
    });
  }

  private async answer(
    local: string,
    request: ReadRequest,
    from: RemoteInfo,
    refuse: (code: number, says: string, file: string) => void,
  ): Promise<void> {
    const began = performance.now();
    const family = from.family === 'IPv6' ? 6 : 4;
    const found = await this.files.find(request.file, { address: from.address, family });
    if (found === 'not-found') return refuse(TFTP_ERROR.notFound, 'file not found', request.file);
    if (found === 'too-large')
      return refuse(TFTP_ERROR.undefined, 'the file is too large for TFTP: fetch it over HTTP', request.file);
    const who = `${from.address} ${from.port}`;
    if (this.closed || this.running.has(who)) return;
    const mtu = this.options.mtu ?? MTU_DEFAULT;
    const agreed = negotiate(request.options, { bytes: found.bytes.length, family, mtu });
    this.send(local, who, { found, agreed, from, file: request.file, began });
  }

  private send(
    local: string,
    who: string,
    asked: {
      readonly found: TftpContent;
      readonly agreed: Agreement;
      readonly from: RemoteInfo;
      readonly file: string;
      readonly began: number;
    },
  ): void {
    const { found, agreed, from, file, began } = asked;
    const socket = openSocket(from.family === 'IPv6');
    let ended = false;
    const end = (outcome: TransferReport['outcome'], says: string): void => {
      if (ended) return;
      ended = true;
      this.running.delete(who);
      const left = (this.perClient.get(from.address) ?? 1) - 1;
      if (left > 0) this.perClient.set(from.address, left);
      else this.perClient.delete(from.address);
      socket.close();
      const bytes = Math.min((running.transfer?.blocksAcknowledged ?? 0) * agreed.blockBytes, found.bytes.length);
      this.options.onTransfer?.({
        client: from.address,
        port: from.port,
        file,
        outcome,
        says,
        bytes,
        ms: performance.now() - began,
      });
    };
    // Without a callback, which would cost a turn of the event loop each: what is lost here is like what is lost on the wire.
    const sending = {
      optionAck: () => socket.send(optionAckPacket(agreed.answered)),
      block: (number: number) => socket.send(found.packet(number, agreed.blockBytes)),
    };
    // Port unreachable, and the like: the client has gone.
    socket.on('error', (error) => end('aborted', error.message));
    socket.on('message', (bytes) => {
      const packet = readPacket(bytes);
      if (!packet) return;
      if (packet.kind === 'error') return end('aborted', packet.message);
      if (packet.kind !== 'ack') return;
      if (running.transfer?.acknowledge(packet.block, performance.now()) === 'done') end('sent', '');
    });
    this.perClient.set(from.address, (this.perClient.get(from.address) ?? 0) + 1);
    // Held from here on, so that a repeated request finds it.
    const running: Running = { transfer: null, end };
    this.running.set(who, running);
    socket.bind({ address: local, port: 0 }, () => {
      socket.connect(from.port, from.address, (error?: Error) => {
        if (error || ended) return end('aborted', error?.message ?? '');
        running.transfer = new Transfer(found.bytes.length, agreed, sending, performance.now());
      });
    });
  }

  private tick(): void {
    const now = performance.now();
    for (const { transfer, end } of this.running.values())
      if (transfer?.tick(now) === 'given-up') end('given-up', 'nothing was acknowledged in time');
  }
}

const withoutZone = (address: string): string => address.split('%')[0] as string;

/** Each family for itself, so that both can have the port. */
const openSocket = (isSix: boolean): Socket =>
  createSocket(isSix ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
