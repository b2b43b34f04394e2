import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DhcpProbe, type AnsweringDhcpServer, type DhcpProbed } from '#app';
import { DHCP4_CLIENT_PORT, DHCP4_SERVER_PORT, HTYPE_ETHERNET } from '#core';
import { openInterfaceSocket } from '../socket/interface-socket.js';
import { localInterfaces, type LocalInterface } from '../socket/interfaces.js';
import { decodePacket4, encodePacket4, isMalformed4 } from './codec.js';

/** A server that is asked and there answers within a second; some look first whether the address is free (RFC 2131 §4.3.1). */
const ANSWERS_WITHIN_MS = 1_500;
const MESSAGE_TYPE = 53;
const SERVER_ID = 54;
const DISCOVER = 1;
const OFFER = 2;
/** The answer comes as a broadcast: who asks has no address yet (RFC 2131 §2). */
const BROADCAST_FLAG = 0x8000;
const NOBODY = '0.0.0.0';

export interface DhcpProbeOptions {
  /** Servers of ours, which are not told of. */
  readonly own: () => Promise<readonly string[]>;
  readonly interfaces?: () => readonly LocalInterface[];
  readonly ports?: { readonly server: number; readonly client: number };
  /** Where the question goes; everybody on the link when absent. */
  readonly target?: string;
  /** Whether a socket is tied to its interface, which needs CAP_NET_RAW. */
  readonly tied?: boolean;
  readonly withinMs?: number;
}

/**
 * Sends a DISCOVER on every Ethernet interface with an address and listens who offers something. The hardware address in it
 * is made up and locally administered, so that no server keeps anything for a machine that there is.
 */
export class Dhcp4Probe extends DhcpProbe {
  constructor(private readonly options: DhcpProbeOptions) {
    super();
  }

  override async ask(): Promise<DhcpProbed> {
    const { interfaces = localInterfaces, own } = this.options;
    const ours = new Set(await own());
    const unasked: { interface: string; why: string }[] = [];
    const asked: string[] = [];
    const found = await Promise.all(
      interfaces().map(async (local) => {
        try {
          const offers = await this.askOn(local.name);
          asked.push(local.name);
          const others = offers.filter(({ server }) => !ours.has(server));
          return others.filter(({ server }, at) => others.findIndex((other) => other.server === server) === at);
        } catch (error) {
          unasked.push({ interface: local.name, why: error instanceof Error ? error.message : String(error) });
          return [];
        }
      }),
    );
    return { found: found.flat(), unasked, asked };
  }

  private async askOn(name: string): Promise<AnsweringDhcpServer[]> {
    const { ports, target = '255.255.255.255', tied = true, withinMs = ANSWERS_WITHIN_MS } = this.options;
    const { server, client } = ports ?? { server: DHCP4_SERVER_PORT, client: DHCP4_CLIENT_PORT };
    const xid = randomInt(1, 0xffff_ffff);
    const socket = await openInterfaceSocket({ family: 4, port: client, interface: tied ? name : null });
    const offers: AnsweringDhcpServer[] = [];
    socket.on('error', () => undefined);
    socket.on('message', (bytes, from) => {
      const packet = decodePacket4(bytes);
      if (isMalformed4(packet) || packet.xid !== xid || packet.options[MESSAGE_TYPE]?.[0] !== OFFER) return;
      const id = packet.options[SERVER_ID];
      offers.push({
        server: id?.length === 4 ? id.join('.') : from.address,
        interface: name,
        offered: packet.yiaddr,
      });
    });
    try {
      await new Promise<void>((resolve, reject) =>
        socket.send(discover(xid), server, target, (error) => (error ? reject(error) : resolve())),
      );
      await pause(withinMs);
      return offers;
    } finally {
      socket.close();
    }
  }
}

const discover = (xid: number): Buffer =>
  encodePacket4({
    op: 1,
    htype: HTYPE_ETHERNET,
    hops: 0,
    xid,
    secs: 0,
    flags: BROADCAST_FLAG,
    ciaddr: NOBODY,
    yiaddr: NOBODY,
    siaddr: NOBODY,
    giaddr: NOBODY,
    chaddr: ['02', ...Array.from({ length: 5 }, () => randomInt(256).toString(16).padStart(2, '0'))].join(':'),
    sname: '',
    file: '',
    options: { [MESSAGE_TYPE]: [DISCOVER] },
  });
