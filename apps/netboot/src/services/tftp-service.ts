import type { Log, PacketSink } from '#app';
import type { BootView } from '#core';
import { TftpServer, type TransferReport } from '#netio';
import { Keeper } from './keeper.js';
import type { Service } from './service.js';

export interface TftpParts {
  readonly view: BootView;
  readonly port: number | null;
  readonly root: string;
  /** A file that is made when it is asked for; `server` is the address it was asked at. */
  readonly virtual: (name: string, server: string) => Promise<Uint8Array | null> | Uint8Array | null;
  readonly packets: PacketSink;
  readonly log: Log;
}

/** Boot files over TFTP, a server for each address. */
export function tftpService(parts: TftpParts): Service {
  const { port, log } = parts;
  return {
    keeper: new Keeper('tftp', log),
    off: port === null ? 'ANNEAL_TFTP is off' : null,
    wanted: (places) =>
      new Map(
        port === null
          ? []
          : places.map(({ address, interface: on, networks }) => [
              address,
              async () => {
                const server = new TftpServer({
                  listen: [{ address, port }],
                  root: parts.root,
                  virtual: (name) => parts.virtual(name, address),
                  mtu: networks[0]?.mtu,
                  log,
                  onTransfer: (transfer) => note(parts, on, transfer),
                });
                const [bound] = await server.start();
                return { says: `${address}#${bound?.port ?? port}`, stop: () => server.close() };
              },
            ]),
      ),
  };
}

function note({ view, packets }: TftpParts, on: string, transfer: TransferReport): void {
  const machine = view.machineByAddress(transfer.client);
  packets.note({
    at: Date.now(),
    service: 'tftp',
    mac: machine?.macs[0] ?? null,
    node: machine?.node ?? null,
    from: `${transfer.client}#${transfer.port}`,
    on,
    asked: `RRQ ${transfer.file}`,
    answered:
      transfer.outcome === 'refused' ? null : `${transfer.outcome}, ${transfer.bytes} bytes in ${transfer.ms} ms`,
    why: transfer.says === '' ? [] : [transfer.says],
  });
}
