import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '#app';
import { encodeTicket, TICKET_MS_MAX, type BootTicket } from '#core';

/**
 * Seals a ticket for each boot script. Nothing is remembered: whoever is shown a ticket asks the rows for the key of this
 * netboot server, and whether the boot session in it has been used.
 */
export class BootTickets {
  constructor(
    private readonly server: string,
    private readonly key: string,
    private readonly clock: Clock,
  ) {}

  make(boot: Pick<BootTicket, 'mac' | 'uuid' | 'node' | 'bootenv'>): string {
    const { mac, uuid, node, bootenv } = boot;
    const ticket: BootTicket = {
      server: this.server,
      boot: randomUUID(),
      mac,
      uuid: uuid !== null && UUID.test(uuid) ? uuid.toLowerCase() : null,
      node,
      bootenv,
      expires: this.clock.now() + TICKET_MS_MAX,
    };
    return encodeTicket(ticket, (text) => createHmac('sha256', this.key).update(text).digest('base64url'));
  }
}

/** What a machine says of itself is anything; only a UUID goes into a ticket as one. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** 256 bits, as the digest it is for. */
const KEY_BYTES = 32;
const KEY = /^[\w-]{43}$/;

/** The key in a file that only its owner reads: made when there is none, and the same ever after. */
export const keptTicketKey = async (path: string): Promise<string> => {
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Error(`read the key of boot tickets from ${path}`, { cause: error });
  });
  if (KEY.test(kept.trim())) return kept.trim();
  const key = randomBytes(KEY_BYTES).toString('base64url');
  await mkdir(dirname(path), { recursive: true, mode: 0o711 });
  await writeFile(`${path}.new`, `${key}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return key;
};
