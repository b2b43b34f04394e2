/** Sockets of the network services: packets in and out. What a packet is answered with is decided in core. */
export * from './socket/index.js';
export * from './tftp/index.js';
export * from './dns/index.js';
