/** Sockets of the network services: packets in and out. What a packet is answered with is decided in core. */
export * from './socket/index.js';
export * from './lease/index.js';
export * from './dhcp4/index.js';
export * from './tftp/index.js';
export * from './dns/index.js';
export * from './http-boot/index.js';
export * from './dhcp6/index.js';
export * from './ra/index.js';
