/** DNS sockets: UDP by threads or by Node, TCP, forwarding; and updates of servers elsewhere. */
export { SignedDnsUpdate } from './signed-update.js';
export { DnsServer, type DnsServerOptions } from './server.js';
export { fuzzDns } from './fuzz.js';
export type { ResponderCounts } from './responder.js';
