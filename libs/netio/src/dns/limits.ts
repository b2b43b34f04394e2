/** What DNS sockets allow. Names are units last; every number has its reason. */

/** Longest answer over UDP to whoever speaks EDNS: what passes any path without fragments (DNS flag day 2020). */
export const UDP_PAYLOAD_MAX = 1_232;
/** Longest answer over UDP to whoever does not (RFC 1035 §4.2.1). */
export const UDP_PLAIN_MAX = 512;
/** Longest question that is looked at, in octets: a name of 255 with every option a resolver sends. */
export const REQUEST_BYTES_MAX = 4_096;
/** Longest message over TCP (RFC 1035 §4.2.2). */
export const TCP_BYTES_MAX = 65_535;

/** Answers kept ready. A power of two; each takes some 300 octets. */
export const READY_ANSWERS = 65_536;
/** Clients whose network is remembered; then all are forgotten and looked up again. */
export const KNOWN_CLIENTS_MAX = 16_384;

/** Answers a second to strangers of one /24 or /56, on each thread: forged senders get no flood out of us. */
export const STRANGER_ANSWERS_PER_S_MAX = 200;

/** TCP connections at once, in all and of one address (RFC 7766 §6.2.2 lets a server limit them). */
export const TCP_CONNECTIONS_MAX = 500;
export const TCP_CONNECTIONS_PER_CLIENT_MAX = 50;
/** Milliseconds that a connection may stay without a whole question (RFC 7766 §6.2.3: a few seconds). */
export const TCP_IDLE_MS_MAX = 10_000;
/** Questions of one connection that are on their way at once. */
export const TCP_PIPELINE_MAX = 100;

/** Milliseconds for one try with one forwarder, and tries in all: below the 5 s after which stub resolvers ask again. */
export const FORWARD_TRY_MS = 1_500;
export const FORWARD_TRIES = 3;
/** Questions that are forwarded at once, in all and for one client; more are answered SERVFAIL at once. */
export const FORWARDS_MAX = 1_000;
export const FORWARDS_PER_CLIENT_MAX = 100;

/** Datagrams that one system call takes in. Beyond this the call itself costs nothing against them. */
export const BATCH = 64;
/** Room for datagrams that wait, in bytes: a burst of some 4,000. */
export const RECEIVE_BUFFER_BYTES = 4_194_304;
/** Milliseconds after which a thread that hears nothing looks around all the same. */
export const THREAD_WAIT_MS = 1_000;
/** Milliseconds that starting or stopping a thread may take. */
export const THREAD_MS_MAX = 10_000;
