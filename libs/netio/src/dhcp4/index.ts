export { decodePacket4, encodePacket4, isMalformed4, type Malformed4 } from './codec.js';
export { WELL_KNOWN_PORTS, type Dhcp4Ports } from './listener.js';
export { Dhcp4Probe, type DhcpProbeOptions } from './probe.js';
export type { RogueServer } from './rogue-watch.js';
export { Dhcp4Server, type Dhcp4ServerOptions } from './server.js';
