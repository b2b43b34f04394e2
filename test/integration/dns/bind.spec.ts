import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReconcileServers, SilentLog, type KeyedDnsServer } from '#app';
import { SignedDnsUpdate } from '#netio';
import { openWorld, type World } from '../model/world.js';
import { Bind } from './bind.js';
import { answersOf, missingPrograms } from './dig.js';

/** Debian's BIND 9, updated by signed messages and kept the same: the real thing, on the loopback. */
const missing = missingPrograms(['named', 'dig']);
if (missing.length > 0) console.log(`skipped, ${missing.join(' and ')} missing: install bind9 and bind9-dnsutils`);

const ZONE = 'lab.example';
const ACTOR = 'alice';

describe.skipIf(missing.length > 0)('a BIND that is kept the same', () => {
  let world: World;
  let bind: Bind;
  let now = Date.now();
  let loop: ReconcileServers;

  const begin = () => {
    loop = new ReconcileServers({
      unitOfWork: world.unitOfWork,
      updates: new SignedDnsUpdate(),
      clock: { now: () => now },
      log: new SilentLog(),
    });
  };
  const write = async (name: string, type: 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'MX' | 'SRV', value: string) => {
    const made = await world.createDnsRecord.execute(ACTOR, { zone: ZONE, name, type, value });
    if ('refused' in made) throw new Error(made.detail);
    return made;
  };
  const server = async () => {
    const [found] = await world.sql<Record<string, unknown>>(
      'SELECT failures, last_error, settled_at, retry_at FROM dns_servers',
    );
    return found!;
  };
  /** The server with its key, as only the loop sees it. */
  const keyed = async (): Promise<KeyedDnsServer> => {
    const [row] = await world.sql<KeyedDnsServer>(
      `SELECT id, address, port, key_name AS "keyName", key_algorithm AS "keyAlgorithm", key_secret AS "keySecret" FROM dns_servers`,
    );
    return row!;
  };
  /** The clock moves on past the pause after a failure. */
  const later = async () => {
    now += 120_000;
    await world.sql('UPDATE dns_servers SET retry_at = now() WHERE retry_at IS NOT NULL');
  };

  beforeAll(async () => {
    bind = await Bind.make([ZONE, '10.in-addr.arpa']);
    world = await openWorld({ name: 'dns-bind' });
    await world.dnsZones.create.execute(ACTOR, { domain: ZONE, ttl: 120, forwarders: [], clients: [], forwardFor: [] });
    const made = await world.dnsServers.create.execute(ACTOR, {
      name: 'bind',
      address: '127.0.0.1',
      port: bind.port,
      zones: [ZONE],
      keyName: 'anneal',
      keyAlgorithm: 'hmac-sha256',
      keySecret: bind.secret,
      active: true,
    });
    expect(made).toMatchObject({ name: 'bind' });
    begin();
  });
  afterAll(async () => {
    await world?.close();
    await bind?.close();
  });

  it('gets every kind of record that is served here, and keeps those of others', async () => {
    await write('www', 'A', '192.0.2.80');
    await write('www', 'AAAA', '2001:DB8:0:0::80');
    await write('alias', 'CNAME', 'www');
    await write('@', 'MX', '10 mail');
    await write('_http._tcp', 'SRV', '0 5 80 www');
    await write('note', 'TXT', '"some \\"text\\"" "in two"');
    await loop.execute();
    expect(await server()).toMatchObject({ failures: 0, last_error: '' });
    expect(await answersOf(bind.port, [`www.${ZONE}`, 'A'])).toEqual([`www.${ZONE}. 120 A 192.0.2.80`]);
    expect(await answersOf(bind.port, [`www.${ZONE}`, 'AAAA'])).toEqual([`www.${ZONE}. 120 AAAA 2001:db8::80`]);
    expect(await answersOf(bind.port, [`alias.${ZONE}`, 'CNAME'])).toEqual([`alias.${ZONE}. 120 CNAME www.${ZONE}.`]);
    expect(await answersOf(bind.port, [ZONE, 'MX'])).toEqual([`${ZONE}. 120 MX 10 mail.${ZONE}.`]);
    expect(await answersOf(bind.port, [`note.${ZONE}`, 'TXT'])).toEqual([
      `note.${ZONE}. 120 TXT "some \\"text\\"" "in two"`,
    ]);
    expect(await answersOf(bind.port, [`mail.${ZONE}`, 'A'])).toEqual([`mail.${ZONE}. 300 A 192.0.2.25`]);
  });

  it('is not asked anything while no name changes', async () => {
    let asked = 0;
    class Counted extends SignedDnsUpdate {
      override read(to: KeyedDnsServer, zone: string) {
        asked += 1;
        return super.read(to, zone);
      }
    }
    const counted = new ReconcileServers({
      unitOfWork: world.unitOfWork,
      updates: new Counted(),
      clock: { now: () => now },
      log: new SilentLog(),
    });
    await counted.execute();
    expect(asked).toBe(1);
    await world.createGroup.execute(ACTOR, { name: 'nothing-to-do-with-names' });
    await counted.execute();
    expect(asked).toBe(1);
  });

  it('loses a record that is taken away here, and nothing else', async () => {
    const extra = await write('extra', 'A', '192.0.2.81');
    await loop.execute();
    expect(await answersOf(bind.port, [`extra.${ZONE}`])).toHaveLength(1);
    await world.deleteDnsRecord.execute(ACTOR, { zone: ZONE, record: extra.id });
    await loop.execute();
    expect(await answersOf(bind.port, [`extra.${ZONE}`])).toEqual([]);
    expect(await answersOf(bind.port, [`www.${ZONE}`])).toHaveLength(1);
    expect(await answersOf(bind.port, [`mail.${ZONE}`])).toHaveLength(1);
  });

  it('gets what it missed while it was down, even by another worker', async () => {
    const gone = await write('gone', 'A', '192.0.2.90');
    await loop.execute();
    await bind.stop();
    await write('missed', 'A', '192.0.2.91');
    await world.deleteDnsRecord.execute(ACTOR, { zone: ZONE, record: gone.id });
    await loop.execute();
    expect(await server()).toMatchObject({ failures: 1, last_error: expect.stringContaining('cannot be reached') });
    await bind.start();
    begin();
    await loop.execute();
    expect(await answersOf(bind.port, [`missed.${ZONE}`]), 'before the pause is over').toEqual([]);
    await later();
    await loop.execute();
    expect(await answersOf(bind.port, [`missed.${ZONE}`])).toHaveLength(1);
    expect(await answersOf(bind.port, [`gone.${ZONE}`])).toEqual([]);
    expect(await server()).toMatchObject({ failures: 0, last_error: '' });
  });

  it('gets back what was taken away there by hand', async () => {
    await new SignedDnsUpdate().update(await keyed(), ZONE, {
      add: [],
      remove: [{ name: `www.${ZONE}`, type: 'A', value: '192.0.2.80' }],
    });
    expect(await answersOf(bind.port, [`www.${ZONE}`])).toEqual([]);
    now += 600_000;
    await loop.execute();
    expect(await answersOf(bind.port, [`www.${ZONE}`])).toHaveLength(1);
  });

  it('says what is in the way, and puts all else', async () => {
    const mail = await write('mail', 'CNAME', 'www');
    await write('beside', 'A', '192.0.2.99');
    now += 600_000;
    await loop.execute();
    expect((await server())['last_error']).toContain(`at mail.${ZONE} somebody else has an alias, or something`);
    expect(await answersOf(bind.port, [`beside.${ZONE}`])).toHaveLength(1);
    expect(await answersOf(bind.port, [`mail.${ZONE}`])).toEqual([`mail.${ZONE}. 300 A 192.0.2.25`]);
    await world.deleteDnsRecord.execute(ACTOR, { zone: ZONE, record: mail.id });
    await later();
    await loop.execute();
    expect(await server()).toMatchObject({ failures: 0, last_error: '' });
  });

  it('says that the key is wrong when it is', async () => {
    await world.sql(`UPDATE dns_servers SET key_secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', version = version + 1`);
    await loop.execute();
    expect((await server())['last_error']).toContain('BADSIG');
    await world.sql(`UPDATE dns_servers SET key_name = 'nobody', version = version + 1, retry_at = NULL`);
    await loop.execute();
    expect((await server())['last_error']).toContain('BADKEY');
    await world.sql(
      `UPDATE dns_servers SET key_secret = $1, key_name = 'anneal', version = version + 1, retry_at = NULL`,
      [bind.secret],
    );
    await loop.execute();
    expect(await server()).toMatchObject({ last_error: '' });
  });

  it('is not believed when its answer was changed on the way', async () => {
    const proxy = createServer((client) => {
      const upstream = connect(bind.port, '127.0.0.1');
      client.pipe(upstream);
      upstream.on('data', (piece: Buffer) => {
        // Somewhere in the records, which a signature covers.
        if (piece.length > 60) piece[50] = piece[50]! ^ 1;
        client.write(piece);
      });
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => undefined);
        one.on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    await expect(new SignedDnsUpdate().read({ ...(await keyed()), port }, ZONE)).rejects.toThrow(
      /signature of the answer is wrong/,
    );
    expect((await new SignedDnsUpdate().read(await keyed(), ZONE)).length).toBeGreaterThan(3);
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('takes 2,000 records at once, and all of them away again when it is to hold none', async () => {
    await world.sql(
      `INSERT INTO dns_records (id, zone_id, name, type, value) SELECT gen_random_uuid(), z.id, 'h' || i, 'A', '10.0.' || i / 256 || '.' || i % 256 FROM generate_series(1, 2000) i, dns_zones z WHERE z.domain = '${ZONE}'`,
    );
    await write('last', 'A', '192.0.2.100');
    await loop.execute();
    expect(await server()).toMatchObject({ last_error: '' });
    expect(await answersOf(bind.port, [`h2000.${ZONE}`])).toEqual([`h2000.${ZONE}. 120 A 10.0.7.208`]);
    await world.dnsServers.update.execute(ACTOR, { key: 'bind', change: { zones: [] } });
    await loop.execute();
    expect(await answersOf(bind.port, [`h2000.${ZONE}`])).toEqual([]);
    expect(await answersOf(bind.port, [`mail.${ZONE}`])).toHaveLength(1);
    expect(await world.dnsServers.show.execute({ key: 'bind' })).toMatchObject({ records: 0 });
  });
});
