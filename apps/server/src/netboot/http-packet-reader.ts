import { PacketReader, type NetbootControl, type PacketNote } from '#app';

/** A netboot server that does not answer within this time, in milliseconds, is left out. */
const ANSWER_WITHIN_MS = 2_000;

/** Asks netboot servers over HTTP, at the address and with the key that stand in their rows. */
export class HttpPacketReader extends PacketReader {
  override async read(control: NetbootControl, macs: readonly string[] | null): Promise<readonly PacketNote[] | null> {
    const url = new URL(macs === null ? '/packets/unknown' : '/packets', control.url);
    for (const mac of macs ?? []) url.searchParams.append('mac', mac);
    try {
      const answer = await fetch(url, {
        headers: { authorization: `Bearer ${control.key}` },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        redirect: 'error',
      });
      if (!answer.ok) return null;
      return ((await answer.json()) as { packets: readonly PacketNote[] }).packets;
    } catch {
      // Gone, or behind a wall: whoever asked is told that it did not answer.
      return null;
    }
  }
}
