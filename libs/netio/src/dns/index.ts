/** DNS sockets: UDP by threads or by Node, TCP, forwarding; and updates of servers elsewhere. */
export { DnsServer, type DnsServerOptions } from './server.js';
export type { ResponderCounts } from './responder.js';
