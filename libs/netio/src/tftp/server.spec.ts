import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SilentLog } from '#app';
import { ackPacket, errorPacket, OPCODE, readRequestPacket } from './packet.js';
import { TftpServer, type TransferReport } from './server.js';

const ANSWER_MS = 5_000;

/** A client that does what it is told, packet by packet. */
class HandClient {
  private readonly packets: { readonly bytes: Buffer; readonly port: number }[] = [];
  private readonly waiting: (() => void)[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly address: string,
  ) {
    socket.on('message', (bytes, from) => {
      this.packets.push({ bytes, port: from.port });
      this.waiting.shift()?.();
    });
  }

  static async open(address: string): Promise<HandClient> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new HandClient(socket, address);
  }

  send(bytes: Buffer, port: number): void {
    this.socket.send(bytes, port, this.address);
  }

  /** Has left when it returns, so that the socket may be closed. */
  private sendNow(bytes: Buffer, port: number): Promise<void> {
    return new Promise((resolve) => this.socket.send(bytes, port, this.address, () => resolve()));
  }

  async next(): Promise<{ readonly bytes: Buffer; readonly port: number; readonly opcode: number }> {
    if (this.packets.length === 0) {
      let late: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => this.waiting.push(resolve)),
        new Promise((_, reject) => {
          late = setTimeout(() => reject(new Error('no packet came')), ANSWER_MS);
        }),
      ]).finally(() => clearTimeout(late));
    }
    const packet = this.packets.shift() as { bytes: Buffer; port: number };
    return { ...packet, opcode: packet.bytes.readUInt16BE(0) };
  }

  get waitingPackets(): number {
    return this.packets.length;
  }

  async fetch(file: string, port: number, options: Record<string, string> = {}): Promise<Buffer | string> {
    this.send(readRequestPacket(file, options), port);
    const parts: Buffer[] = [];
    let blockBytes = 512;
    let transfer = 0;
    for (;;) {
      const { bytes, opcode, port: from } = await this.next();
      if (opcode === OPCODE.error) return `${bytes.readUInt16BE(2)} ${bytes.subarray(4, -1).toString()}`;
      if (opcode === OPCODE.optionAck) {
        const words = bytes.subarray(2).toString().split('\0');
        const at = words.indexOf('blksize');
        if (at >= 0) blockBytes = Number(words[at + 1]);
        transfer ||= from;
        this.send(ackPacket(0), from);
        continue;
      }
      await this.sendNow(ackPacket(bytes.readUInt16BE(2)), from);
      // On a busy machine a block is sent again before its acknowledgement was heard, also one of the transfer before.
      if (transfer === 0 && bytes.readUInt16BE(2) === 1) transfer = from;
      if (from !== transfer || bytes.readUInt16BE(2) !== parts.length + 1) continue;
      parts.push(bytes.subarray(4));
      if (bytes.length - 4 < blockBytes) return Buffer.concat(parts);
    }
  }

  close(): void {
    this.socket.close();
  }
}

describe.each(['127.0.0.1', '::1'])('the TFTP server on %s', (address) => {
  let folder: string;
  let server: TftpServer;
  let port: number;
  let client: HandClient;
  let reports: TransferReport[];
  const loader = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index & 0xff));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-tftp-'));
    await mkdir(join(folder, 'root', 'grub'), { recursive: true });
    await writeFile(join(folder, 'secret'), 'outside');
    await writeFile(join(folder, 'root', 'loader'), loader);
    await writeFile(join(folder, 'root', 'empty'), '');
    await symlink(join(folder, 'secret'), join(folder, 'root', 'link'));
    await symlink('loader', join(folder, 'root', 'alias'));
    reports = [];
    server = new TftpServer({
      listen: [{ address, port: 0 }],
      root: join(folder, 'root'),
      virtual: (name) => (name === 'grub/node-1.cfg' ? Buffer.from('boot\n') : null),
      log: new SilentLog(),
      onTransfer: (report) => reports.push(report),
    });
    port = (await server.start())[0]?.port as number;
    client = await HandClient.open(address);
  });

  afterEach(async () => {
    client.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends a file, with and without options', async () => {
    expect(await client.fetch('loader', port)).toEqual(loader);
    expect(await client.fetch('/loader', port, { blksize: '1432', tsize: '0' })).toEqual(loader);
    expect(await client.fetch('alias', port, { blksize: '9000' })).toEqual(loader);
    expect(await client.fetch('empty', port)).toEqual(Buffer.alloc(0));
    await expect
      .poll(() => reports.map(({ outcome }) => outcome), { timeout: 10_000 })
      .toEqual(['sent', 'sent', 'sent', 'sent']);
  });

  it('sends files that are made for one machine', async () => {
    expect(await client.fetch('/grub/node-1.cfg', port)).toEqual(Buffer.from('boot\n'));
  });

  it('answers code 1 to a file that is not there', async () => {
    expect(await client.fetch('revocations.efi', port)).toBe('1 file not found');
    expect(await client.fetch('grub', port)).toBe('1 file not found');
  });

  it('never leaves its root', async () => {
    for (const name of [
      '../secret',
      'grub/../../secret',
      '..\\secret',
      'link',
      '/etc/passwd',
      join(folder, 'secret'),
      'a\u0001b',
    ])
      expect(await client.fetch(name, port), name).toBe('1 file not found');
  });

  it('refuses to be written to, and modes that change bytes, in words', async () => {
    client.send(Buffer.from('\0\x02loader\0octet\0', 'latin1'), port);
    const written = await client.next();
    expect([written.bytes.readUInt16BE(0), written.bytes.readUInt16BE(2)]).toEqual([OPCODE.error, 2]);
    client.send(readRequestPacket('loader', {}, 'NetASCII'), port);
    expect((await client.next()).bytes.toString('latin1')).toContain('ask in mode octet');
  });

  it('takes a second opening beside one that was broken off, as OVMF does for the size', async () => {
    client.send(readRequestPacket('loader', { tsize: '0' }), port);
    const probe = await client.next();
    expect(probe.bytes.toString('latin1')).toContain(`tsize\0${loader.length}\0`);
    client.send(errorPacket(0, 'User aborted the transfer'), probe.port);
    const other = await HandClient.open(address);
    expect(await other.fetch('loader', port, { blksize: '1024' })).toEqual(loader);
    await expect
      .poll(() => reports.map(({ outcome, says }) => `${outcome} ${says}`.trim()), { timeout: 10_000 })
      .toEqual(['aborted User aborted the transfer', 'sent']);
    other.close();
    expect(server.transfers).toBe(0);
  });

  it('opens one transfer for a request that is repeated', async () => {
    for (let times = 0; times < 3; times += 1) client.send(readRequestPacket('loader'), port);
    const { port: from } = await client.next();
    expect(server.transfers).toBe(1);
    client.send(ackPacket(1), from);
    const second = await client.next();
    expect([second.port, second.bytes.readUInt16BE(2)]).toEqual([from, 2]);
    expect(client.waitingPackets).toBe(0);
  });

  it('does not answer what is no request', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from([0]), Buffer.alloc(600, 255), ackPacket(1), errorPacket(1, 'x')])
      client.send(bytes, port);
    expect(await client.fetch('loader', port)).toEqual(loader);
    expect(client.waitingPackets).toBe(0);
  });

  it('sends what is on the disk now, not what was there before', async () => {
    expect(await client.fetch('empty', port)).toEqual(Buffer.alloc(0));
    await writeFile(join(folder, 'root', 'empty'), 'no more');
    expect(await client.fetch('empty', port)).toEqual(Buffer.from('no more'));
  });
});
