import { mkdirSync, readFileSync } from 'node:fs';
import { BootView, decideBoot, type ViewDocument } from '#core';
import { PacketSink, type PacketNote } from '#app';
import { Dhcp4Server, localInterfaces, openLeases } from '#netio';

/**
 * The DHCPv4 server alone, on the interfaces of the network namespace that it is started in: for the lab and the bench,
 * which need no database. Usage: serve.js VIEW.json FOLDER INTERFACE...; VIEW.json holds a list of view documents. Says
 * `ready` when it listens, one JSON line a note when FOLLOW is set, and its counts when it is ended with SIGTERM.
 */
const [viewFile, folder, ...names] = process.argv.slice(2) as [string, string, ...string[]];

/** What a netboot keeps: the last packets. */
class LastPackets extends PacketSink {
  private readonly notes: PacketNote[] = [];
  private next = 0;

  override note(note: PacketNote): void {
    this.notes[this.next++ % 1_000] = note;
    if (process.env.FOLLOW) process.stdout.write(`${JSON.stringify(note)}\n`);
  }
}

const say = (what: string, detail: unknown): boolean => process.stderr.write(`${what} ${JSON.stringify(detail)}\n`);

const view = new BootView();
view.apply(JSON.parse(readFileSync(viewFile, 'utf8')) as ViewDocument[], 1);
mkdirSync(folder, { recursive: true });
const { book, journal, tornBytes } = await openLeases({ folder });
const server = new Dhcp4Server({
  view,
  book,
  journal,
  decideBoot: (facts) => decideBoot(facts, view),
  sink: new LastPackets(),
  onRogue: (rogue) => say('rogue', rogue),
  onTrouble: (error) => say('trouble', `${error.message}: ${String(error.cause ?? '')}`),
});
await server.serve(localInterfaces().filter(({ name }) => names.includes(name)));
say('leases', { known: book.size, tornBytes });
process.stdout.write('ready\n');

process.once('SIGTERM', () => {
  server.stop();
  void journal.close().then(() => {
    process.stdout.write(`counts ${JSON.stringify(server.counts())}\n`);
    process.exit(0);
  });
});
