import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { Agent, get } from 'node:http';
import { messageType } from '#core';
import { decodePacket4, isMalformed4 } from '#netio';

/**
 * What two thousand machines do after their ACK. It listens to the ACKs on a wire, and for each machine that it sees
 * acknowledged for the first time fetches the loader by TFTP (every second machine), the script by HTTP, and the first
 * bytes of the kernel that the script names; whoever is not answered asks again, as firmware and iPXE do. It runs in a
 * network namespace and is told what to do by its one argument; it prints `ready`, and a line of counts when it is told
 * to end, or when as many as wished have come through.
 */
export interface StormWish {
  readonly interface: string;
  readonly server: string;
  readonly httpPort: number;
  readonly loader: string;
  readonly machines: number;
}

export interface StormReport {
  /** Every address that was acknowledged, with the machines that heard it. */
  readonly acknowledged: readonly (readonly [address: string, macs: readonly string[]])[];
  readonly booted: number;
  /** From the first ACK to the last boot, and from a machine's first ACK to its own boot, in milliseconds. */
  readonly lastMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often a machine had to ask again. */
  readonly again: number;
  readonly kernelBytes: number;
  readonly loaderBytes: number;
  /** Of boots that went wrong in a way that asking again cannot mend. */
  readonly wrong: readonly string[];
}

/** The first part of a kernel, in bytes: enough to see that it is served. */
const KERNEL_PART = 65_536;
/** One question, in milliseconds, before it is asked again. */
const ANSWER_MS = 4_000;
const PAUSE_MS = 250;
/** After this a machine has given up, in milliseconds. */
const PATIENCE_MS = 60_000;
const BLOCK_BYTES = 1_468;
const TFTP_PORT = 69;
const [RRQ, DATA, ACK, ERROR, OACK] = [1, 3, 4, 5, 6];

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Ethernet, IPv4 without options, UDP. */
const FRAME_HEADERS = 42;

const wish = JSON.parse(process.argv[2] ?? '{}') as StormWish;
const base = `http://${wish.server}:${wish.httpPort}`;
// A machine keeps no connection between its questions.
const agent = new Agent({ keepAlive: false });

const holders = new Map<string, Set<string>>();
const begun = new Map<string, number>();
const took: number[] = [];
const wrong: string[] = [];
let firstAt = 0;
let lastAt = 0;
let again = 0;
let kernelBytes = 0;
let loaderBytes = 0;

const fetched = (url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent, headers, timeout: ANSWER_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
  });

/** Reads a file as UEFI firmware does: with the size and block size options, a block at a time. */
const loaded = (name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    let port = 0;
    let block = 0;
    let bytes = 0;
    let last: Buffer = Buffer.from(`\0\x01${name}\0octet\0blksize\0${BLOCK_BYTES}\0tsize\0` + '0\0', 'latin1');
    last[1] = RRQ!;
    let timer: NodeJS.Timeout;
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      socket.close();
      if (error) reject(error);
      else resolve(bytes);
    };
    const send = (sent?: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end(new Error('no answer in time')), ANSWER_MS);
      socket.send(last, port || TFTP_PORT, wish.server, sent);
    };
    socket.on('message', (packet, from) => {
      port ||= from.port;
      if (from.port !== port) return;
      const kind = packet.readUInt16BE(0);
      if (kind === ERROR) return end(new Error(`TFTP: ${packet.toString('latin1', 4)}`));
      if (kind !== OACK && (kind !== DATA || packet.readUInt16BE(2) !== ((block + 1) & 0xffff))) return;
      if (kind === DATA) {
        block += 1;
        bytes += packet.length - 4;
      }
      last = Buffer.from([0, ACK!, (block >> 8) & 255, block & 255]);
      // The last acknowledgement is on its way before the socket is closed.
      if (kind === DATA && packet.length - 4 < BLOCK_BYTES) send(() => end(null));
      else send();
    });
    socket.on('error', (error) => end(error));
    send();
  });

/** Again and again until it comes, or until the machine gives up. */
const insist = async <Result>(what: () => Promise<Result>): Promise<Result> => {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (Date.now() > until) throw error;
      again += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
};

const boots = async (mac: string, number: number): Promise<void> => {
  if (number % 2 === 0) {
    const bytes = await insist(() => loaded(wish.loader));
    loaderBytes += bytes;
  }
  const script = await insist(async () => {
    const answer = await fetched(`${base}/boot.ipxe?mac=${mac}&platform=efi&buildarch=x86_64`);
    if (answer.status !== 200) throw new Error(`script: ${answer.status}`);
    return answer.body.toString();
  });
  const kernel = /^kernel (\S+)/m.exec(script)?.[1];
  if (!script.startsWith('#!ipxe') || !script.includes(mac) || kernel === undefined)
    throw new Error(`the script of ${mac} is not its own: ${script.slice(0, 200)}`);
  const bytes = await insist(async () => {
    const answer = await fetched(kernel, { range: `bytes=0-${KERNEL_PART - 1}` });
    if (answer.status !== 206) throw new Error(`kernel: ${answer.status}`);
    return answer.body.length;
  });
  kernelBytes += bytes;
};

const acknowledged = (address: string, mac: string): void => {
  holders.set(address, (holders.get(address) ?? new Set()).add(mac));
  if (begun.has(mac)) return;
  const at = performance.now();
  firstAt ||= at;
  begun.set(mac, at);
  boots(mac, begun.size).then(
    () => {
      lastAt = performance.now();
      took.push(lastAt - at);
      if (took.length === wish.machines) report();
    },
    (error: unknown) => wrong.push(String(error)),
  );
};

const report = (): void => {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  const said: StormReport = {
    acknowledged: [...holders].map(([address, macs]) => [address, [...macs]]),
    booted: took.length,
    lastMs: Math.round(lastAt - firstAt),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    again,
    kernelBytes,
    loaderBytes,
    wrong: wrong.slice(0, 5),
  };
  process.stdout.write(`report ${JSON.stringify(said)}\n`);
};

const dump = spawn(
  'tcpdump',
  [
    '-i',
    wish.interface,
    '-U',
    '--immediate-mode',
    '-Z',
    'root',
    '-w',
    '-',
    '-s',
    '0',
    '-B',
    '16384',
    'udp and src port 67',
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
let rest: Buffer = Buffer.alloc(0);
let isBegun = false;
dump.stdout.on('data', (part: Buffer) => {
  rest = Buffer.concat([rest, part]);
  let at = 0;
  if (!isBegun) {
    if (rest.length < FILE_HEADER) return;
    isBegun = true;
    at = FILE_HEADER;
  }
  while (at + RECORD_HEADER <= rest.length) {
    const length = rest.readUInt32LE(at + 8);
    if (at + RECORD_HEADER + length > rest.length) break;
    const packet = decodePacket4(rest.subarray(at + RECORD_HEADER + FRAME_HEADERS, at + RECORD_HEADER + length));
    if (!isMalformed4(packet) && messageType(packet) === 'ACK') acknowledged(packet.yiaddr, packet.chaddr);
    at += RECORD_HEADER + length;
  }
  rest = rest.subarray(at);
});
dump.stderr.on('data', (part: Buffer) => {
  if (String(part).includes('listening on')) process.stdout.write('ready\n');
});

process.once('SIGTERM', () => {
  dump.kill('SIGTERM');
  report();
  process.exit(0);
});
