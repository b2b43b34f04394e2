import type { Wires } from './wire.js';

/** What perfdhcp says of a run. */
export interface Exchanges {
  readonly perSecond: number;
  /** Of the DISCOVERs, and of the REQUESTs: the part that was not answered in time, 0 to 1. */
  readonly dropped: readonly [discover: number, request: number];
  readonly sent: readonly [discover: number, request: number];
  readonly received: readonly [offer: number, ack: number];
}

/** Exchanges of four messages at a rate, each with its own hardware address out of `clients`, counted up from `base`. */
export async function perfdhcp(
  wires: Wires,
  host: string,
  wish: {
    readonly interface: string;
    readonly rate: number;
    readonly seconds: number;
    readonly clients?: number;
    readonly base?: string;
    /** After so many it is over, whatever `seconds` says. */
    readonly exchanges?: number;
  },
): Promise<Exchanges> {
  const { rate, seconds } = wish;
  const clients = wish.clients ?? 2 * rate * seconds;
  const args = [
    '-4',
    '-r',
    String(rate),
    '-R',
    String(clients),
    ...(wish.exchanges ? ['-n', String(wish.exchanges)] : ['-p', String(seconds)]),
    '-W',
    '500000',
    ...(wish.base ? ['-b', `mac=${wish.base}`] : []),
    '-l',
    wish.interface,
  ];
  const { output } = await wires.run(host, 'perfdhcp', args, (seconds + 30) * 1_000);
  return readReport(output);
}

export function readReport(output: string): Exchanges {
  const all = (label: string): [number, number] => {
    const [first, second] = [...output.matchAll(new RegExp(`^${label}: (\\d+)`, 'gm'))].map((match) =>
      Number(match[1]),
    );
    if (first === undefined) throw new Error(`perfdhcp did not say "${label}": ${output.slice(0, 2_000)}`);
    return [first, second ?? 0];
  };
  const sent = all('sent packets');
  const received = all('received packets');
  const rate = /^Rate: ([\d.e+]+) 4-way/m.exec(output);
  return {
    perSecond: Number(rate?.[1] ?? 0),
    sent,
    received,
    dropped: [part(sent[0] - received[0], sent[0]), part(sent[1] - received[1], sent[1])],
  };
}

const part = (lost: number, of: number): number => (of === 0 ? 1 : Math.max(0, lost) / of);
