import { Dhcp6Server, LeaseJournal, RaServer } from '#netio';
import { NoPacketSink, PacketSink, type PacketNote } from '#app';
import { BootView, LeaseBook, decideBoot, makeUuidDuid, type ViewMachine, type ViewNetwork } from '#core';

/**
 * DHCPv6 and router advertisements alone, in a process of their own, for labs and benches: they run it in a network
 * namespace. It is told what to serve by its one argument, prints `ready`, then a line of JSON for each packet if that is
 * wished, and ends on SIGTERM.
 */
export interface ServeWish {
  readonly interfaces: readonly { readonly name: string; readonly link: string | null }[];
  readonly networks: readonly ViewNetwork[];
  readonly machines: readonly ViewMachine[];
  /** Where leases are kept. */
  readonly folder: string;
  readonly advertise: boolean;
  readonly notes: boolean;
}

class PrintedNotes extends PacketSink {
  override note(note: PacketNote): void {
    process.stdout.write(`${JSON.stringify(note)}\n`);
  }
}

const wish = JSON.parse(process.argv[2] ?? '{}') as ServeWish;
const view = new BootView();
view.apply(
  [
    ...wish.networks.map((body) => ({ kind: 'network', id: body.id, body }) as const),
    ...wish.machines.map((body) => ({ kind: 'machine', id: body.node, body }) as const),
  ],
  1,
);
const book = new LeaseBook();
const { journal, recovered } = await LeaseJournal.open({ folder: wish.folder, leases: () => book.leases() });
for (const lease of recovered.leases) book.restore(lease, Date.now());

const sink = wish.notes ? new PrintedNotes() : new NoPacketSink();
const dhcp = new Dhcp6Server({
  interfaces: wish.interfaces,
  world: {
    view,
    book,
    duid: makeUuidDuid(new Uint8Array(16).fill(7)),
    decideBoot: (facts) => decideBoot(facts, view),
    rapidCommit: true,
  },
  leases: journal,
  sink,
});
const advertised = wish.interfaces.flatMap(({ name, link }) => (link === null ? [] : [{ name, link }]));
const ra = new RaServer({ interfaces: wish.advertise ? advertised : [], view, sink });

await dhcp.start();
ra.start();
process.stdout.write('ready\n');

process.once('SIGTERM', () => {
  ra.stop();
  void dhcp.stop().then(async () => {
    await journal.close();
    process.stdout.write(`${JSON.stringify({ counts: dhcp.counts, advertised: ra.sent })}\n`);
    process.exit(0);
  });
});
