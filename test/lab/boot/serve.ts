import { LiquidRenderer } from '#catalog';
import { NoPacketSink, SilentLog, SystemClock } from '#app';
import {
  BootView,
  decideBoot,
  GRUB_ENTRY,
  GRUB_ENTRY_SCRIPT,
  grubFileOf,
  LeaseBook,
  makeUuidDuid,
  type ViewDocument,
  type ViewNetwork,
} from '#core';
import {
  BootHttp,
  Dhcp4Server,
  Dhcp6Server,
  findLoaders,
  LeaseJournal,
  localInterfaces,
  openLeases,
  RaServer,
  TftpServer,
} from '#netio';

/**
 * Everything that a machine needs to boot, in one process, without a database: DHCP of both families, router
 * advertisements, TFTP and HTTP, out of documents of the boot view. The lab runs it in a network namespace. It is told what
 * to serve by its one argument, says `ready`, then a line of JSON for each file that a machine asked for.
 */
export interface BootWish {
  readonly interface: string;
  readonly link: string;
  readonly addresses: readonly string[];
  readonly documents: readonly ViewDocument[];
  /** Boot files, and what is netboot's own. */
  readonly root: string;
  readonly state: string;
}

export interface Asked {
  readonly by: 'tftp' | 'http';
  readonly client: string;
  readonly path: string;
  readonly outcome: string;
  readonly says: string;
}

const wish = JSON.parse(process.argv[2] ?? '{}') as BootWish;
const say = (asked: Asked): boolean => process.stdout.write(`${JSON.stringify(asked)}\n`);
const trouble = (error: Error): boolean =>
  process.stderr.write(`trouble ${error.message}: ${String(error.cause ?? '')}\n`);
const HTTP_PORT = 7_780;
const MAC = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/;

const view = new BootView();
view.apply(wish.documents, 1);
view.loaders = await findLoaders(wish.root);

const http = new BootHttp({
  listen: wish.addresses.map((address) => ({ address, port: HTTP_PORT })),
  root: wish.root,
  state: wish.state,
  view,
  renderer: new LiquidRenderer(),
  clock: new SystemClock(),
  log: new SilentLog(),
  nginx: null,
  onRequest: ({ client, path, status, says }) => say({ by: 'http', client, path, outcome: String(status), says }),
});
await http.start();
const tftp = new TftpServer({
  listen: wish.addresses.map((address) => ({ address, port: 69 })),
  root: `${wish.root}/files`,
  virtual: async (name) => {
    if (name === GRUB_ENTRY) return Buffer.from(GRUB_ENTRY_SCRIPT);
    const mac = MAC.exec(name)?.[0];
    if (mac === undefined || name !== grubFileOf(mac)) return null;
    const base = `http://${wish.addresses[0]}:${HTTP_PORT}`;
    const answer = await http.answers.grub({ mac, uuid: null, platform: 'efi', buildArchitecture: null, base });
    return answer && Buffer.from(answer.text);
  },
  log: new SilentLog(),
  onTransfer: ({ client, file, outcome, says }) => say({ by: 'tftp', client, path: file, outcome, says }),
});
await tftp.start();

const networks = wish.documents.flatMap(({ kind, body }) => (kind === 'network' ? [body as ViewNetwork] : []));
const serves = (family: 4 | 6): boolean =>
  networks.some(({ subnets }) => subnets.some((subnet) => subnet.family === family));
const sink = new NoPacketSink();
const four = await openLeases({ folder: `${wish.state}/leases4` });
const dhcp4 = new Dhcp4Server({
  view,
  book: four.book,
  journal: four.journal,
  decideBoot: (facts) => decideBoot(facts, view),
  sink,
  onTrouble: trouble,
});
if (serves(4)) await dhcp4.serve(localInterfaces().filter(({ name }) => name === wish.interface));
const book = new LeaseBook();
const { journal } = await LeaseJournal.open({ folder: `${wish.state}/leases6`, leases: () => book.leases() });
const at = { name: wish.interface, link: wish.link };
const dhcp6 = new Dhcp6Server({
  interfaces: [at],
  world: {
    view,
    book,
    duid: makeUuidDuid(new Uint8Array(16).fill(9)),
    decideBoot: (facts) => decideBoot(facts, view),
    rapidCommit: true,
  },
  leases: journal,
  sink,
  onTrouble: trouble,
});
const ra = new RaServer({ interfaces: [at], view, sink });
if (serves(6)) {
  await dhcp6.start();
  ra.start();
}
process.stdout.write('ready\n');

process.once('SIGTERM', () => {
  ra.stop();
  dhcp4.stop();
  void Promise.all([
    serves(6) ? dhcp6.stop() : null,
    tftp.close(),
    http.close(),
    four.journal.close(),
    journal.close(),
  ]).then(() => process.exit(0));
});
