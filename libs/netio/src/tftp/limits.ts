/** What bounds the TFTP server, and why. */

/** A larger file belongs to HTTP: at one block a round trip it would take minutes, and it is held in memory here. */
export const FILE_BYTES_MAX = 128 * 2 ** 20;
/** Files kept in memory between requests: a rack asks for the same loader, kernel and initrd. */
export const CACHE_BYTES_MAX = 256 * 2 ** 20;
/** At the same time; each has a socket. Requests beyond are not answered, and firmware asks again. */
export const TRANSFERS_MAX = 2_048;
/** From one address: a machine opens two (size, then content), machines behind a router share theirs. */
export const TRANSFERS_PER_CLIENT_MAX = 256;

export const BLOCK_BYTES_DEFAULT = 512;
/** RFC 2348: from 8 to 65464. */
export const BLOCK_BYTES_MIN = 8;
/** Ethernet's payload; larger blocks would be fragments, which boot ROMs and firewalls lose. */
export const MTU_DEFAULT = 1_500;
/** IPv4 or IPv6 header, UDP header, opcode and block number. */
export const OVERHEAD_BYTES = { 4: 20 + 8 + 4, 6: 40 + 8 + 4 } as const;
/** 32 blocks of 1468 bytes lie well within the receive buffer that Linux gives a socket. */
export const WINDOW_BLOCKS_MAX = 32;

/** A round trip on a provisioning network takes far less; after a second something was lost. */
export const RETRY_MS_FIRST = 1_000;
/** Waits double up to here, so that a busy network is not kept busy by us. */
export const RETRY_MS_MAX = 8_000;
/** Without any progress. Covers a client that is busy writing to flash, and ends those that were switched off. */
export const IDLE_MS_MAX = 30_000;
/** Answers to a request that nobody ever acknowledged: its source may be forged, and must not be flooded. */
export const FIRST_ANSWERS_MAX = 5;
/** In all; a machine that needs longer has no use of TFTP. */
export const TRANSFER_MS_MAX = 15 * 60_000;
/** How often waits are looked at; a retry is late by at most this. */
export const TICK_MS = 50;

/** Options read of one request; RFC 2347 leaves it open, and there are four that are known. */
export const OPTIONS_MAX = 16;
/** RFC 2347: a request has at most 512 octets. Some clients exceed it with a long name. */
export const REQUEST_BYTES_MAX = 1_024;
