import { asksToBoot, bootFacts, bootFields, proxyFields } from './boot.js';
import { OPTION } from './option-table.js';
import { addressOctets, readText, uint8Octets } from './option-value.js';
import { BOOTREPLY, CLIENT_PORT, NO_ADDRESS, PROXY_PORT, type Options4 } from './packet.js';
import type { Dhcp4Answer, Dhcp4Destination } from './question.js';
import { bytesMax, destination, echo, serverAddress } from './reply.js';
import { silence, type Turn } from './turn.js';

/**
 * Where the site keeps its own DHCP server, Anneal adds what to boot and gives out no address (PXE 2.1 §2.2.5, proxyDHCP):
 * an OFFER without an address beside the other server's, and an ACK to whoever asks on port 4011.
 */
export function answerAsProxy(turn: Turn): Dhcp4Answer {
  const { packet, type, arrival, sources, client, why } = turn;
  const vendorClass = readText(packet.options[OPTION.vendorClass]) ?? '';
  if (!asksToBoot(packet) || !/^(PXE|HTTP)Client/.test(vendorClass)) return silence(turn, 'not-booting');
  const atProxyPort = arrival.port === PROXY_PORT;
  // On port 67 the REQUEST is for the server that gave the address. INFORM asks for what a boot server knows, too.
  if (type !== 'DISCOVER' && !(atProxyPort && (type === 'REQUEST' || type === 'INFORM'))) {
    // That server is expected, so it is not reported.
    return silence(turn, type === 'REQUEST' ? 'another-server' : 'took-note');
  }
  if (type === 'DISCOVER' && atProxyPort) return silence(turn, 'not-a-request');

  const server = serverAddress(packet, arrival, null);
  const decision = sources.decideBoot(bootFacts(packet, 'proxy-dhcp4', server, sources.view.services.httpPort));
  why.push('another server gives out addresses here, so it gets only what to boot', ...decision.reasons);
  const boot = bootFields(decision, server, packet);
  if (!boot) return silence(turn, 'nothing-to-boot');
  const options: Options4 = {
    ...proxyFields(packet, server),
    ...boot.options,
    [OPTION.messageType]: uint8Octets(type === 'DISCOVER' ? 2 : 5),
    [OPTION.serverIdentifier]: addressOctets(server),
  };
  const uuid = packet.options[OPTION.clientUuid];
  // PXE 2.1 table 2-3: the answer says which machine it is for.
  if (uuid) options[OPTION.clientUuid] = uuid;
  echo(packet, options);
  return {
    kind: 'reply',
    packet: {
      op: BOOTREPLY,
      htype: packet.htype,
      hops: 0,
      xid: packet.xid,
      secs: 0,
      flags: packet.flags,
      ciaddr: type === 'DISCOVER' ? NO_ADDRESS : packet.ciaddr,
      yiaddr: NO_ADDRESS,
      siaddr: boot.siaddr,
      giaddr: packet.giaddr,
      chaddr: packet.chaddr,
      sname: '',
      file: boot.file,
      options,
    },
    to: whereTo(turn),
    bytesMax: bytesMax(packet),
    mac: client.mac,
    machine: client.machine,
    lease: null,
    why,
  };
}

/** A client without an address hears broadcasts only, since the proxy gives it none; one with an address asked from it. */
function whereTo({ packet, arrival }: Turn): Dhcp4Destination {
  if (packet.giaddr !== NO_ADDRESS) return destination(packet, arrival, null);
  if (arrival.port === PROXY_PORT && arrival.from !== NO_ADDRESS)
    return { kind: 'unicast', address: arrival.from, port: arrival.fromPort };
  if (packet.ciaddr !== NO_ADDRESS) return { kind: 'unicast', address: packet.ciaddr, port: CLIENT_PORT };
  return { kind: 'broadcast' };
}
