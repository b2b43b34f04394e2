import type { NodeId } from '../base/ids.js';

/**
 * The word that netboot gives a machine with its boot script, and that the machine shows when it says what it is: who
 * booted what, when, sealed by the netboot server that rendered the script. netboot keeps nothing of it; who reads it asks
 * for the key of the server that it names. A ticket proves a boot, never more: it is short-lived, and good once.
 *
 * How a seal is made is not said here; it is given, as HMAC-SHA256 of the text by a key that the netboot server made.
 */
export interface BootTicket {
  /** The netboot server that made it. */
  readonly server: string;
  /** The boot session: a fresh UUID for each script that was rendered. */
  readonly boot: string;
  /** As iPXE or GRUB said it; null what it did not say. Lower case, colons. */
  readonly mac: string | null;
  /** SMBIOS UUID, lower case. */
  readonly uuid: string | null;
  /** The node that the view knew it for; null for a machine that was new. */
  readonly node: NodeId | null;
  /** Name of the boot environment that was rendered. */
  readonly bootenv: string;
  /** Milliseconds since the epoch, by the clock of the netboot server. */
  readonly expires: number;
}

/** Life of a ticket, in milliseconds: a slow machine has its discovery system up within minutes; half an hour is long. */
export const TICKET_MS_MAX = 30 * 60_000;
/** Longest ticket, in characters: it stands on a kernel's command line, which ends at 2,048 on x86. */
export const TICKET_LENGTH_MAX = 1_024;
/** Version of what is sealed. */
const TICKET_VERSION = 1;

/** Seals a text, as base64url. */
export type Seal = (text: string) => string;

/** The ticket as text: what is said, a dot, and its seal; both base64url (RFC 4648 §5) without padding. */
export const encodeTicket = (ticket: BootTicket, seal: Seal): string => {
  const { server, boot, mac, uuid, node, bootenv, expires } = ticket;
  const said = base64Url(JSON.stringify({ v: TICKET_VERSION, server, boot, mac, uuid, node, bootenv, expires }));
  return `${said}.${seal(said)}`;
};

/** A ticket as it was read: nobody has looked at its seal yet, so nothing in it is true so far. */
export interface ReadTicket {
  readonly ticket: BootTicket;
  /** What the seal is over. */
  readonly said: string;
  readonly seal: string;
}

/** Takes a text apart; null when it is no ticket of this version. */
export const decodeTicket = (text: string): ReadTicket | null => {
  const [said = '', seal = '', ...more] = text.split('.');
  if (text.length > TICKET_LENGTH_MAX || said === '' || seal === '' || more.length > 0) return null;
  let read: unknown;
  try {
    read = JSON.parse(atob(said.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return null;
  }
  return isTicket(read) ? { ticket: ticketOf(read), said, seal } : null;
};

/** Why a ticket is not good at this moment; null when it is. Milliseconds since the epoch. */
export const ticketFault = (ticket: BootTicket, now: number): 'expired' | 'from-the-future' | null => {
  if (now > ticket.expires) return 'expired';
  // Two clocks are never one; a ticket that lives longer than tickets live was not made by a clock like ours.
  return ticket.expires - now > 2 * TICKET_MS_MAX ? 'from-the-future' : null;
};

type Written = BootTicket & { readonly v: number };

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isTicket = (value: unknown): value is Written => {
  if (typeof value !== 'object' || value === null) return false;
  const { v, server, boot, mac, uuid, node, bootenv, expires } = value as Record<string, unknown>;
  return (
    v === TICKET_VERSION &&
    isText(server) &&
    isText(boot) &&
    isText(bootenv) &&
    isTextOrNull(mac) &&
    isTextOrNull(uuid) &&
    isTextOrNull(node) &&
    Number.isSafeInteger(expires)
  );
};

const ticketOf = ({ server, boot, mac, uuid, node, bootenv, expires }: Written): BootTicket => ({
  server,
  boot,
  mac,
  uuid,
  node,
  bootenv,
  expires,
});

/** Of ASCII, which everything in a ticket is. */
const base64Url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
