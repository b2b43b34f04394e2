import { describe, expect, it } from 'vitest';
import { association6, duidOfMac, machineOf6, message6, networkOf6, siteOf6, type Site6 } from '#testkit';
import { idOf, type NodeId } from '../base/ids.js';
import { answer6 } from './answer.js';
import { decodeMessage6, isMalformed6 } from './decode.js';
import { encodeMessage6 } from './encode.js';
import type { Answer6, Arrival6, Reply6 } from './exchange.js';
import { optionOf, type ClientMessage6, type Message6, type Option6, type RelayMessage6 } from './message.js';
import { MESSAGE6, OPTION6, STATUS6 } from './numbers.js';

const ARRIVAL: Arrival6 = { link: 'admin', source: 'fe80::1', sourcePort: 546, multicast: true };
const STRANGER = duidOfMac('02:00:00:00:00:99');
const client = (duid: Uint8Array): Option6 => ({ is: 'client-id', duid });
const asks = (...codes: number[]): Option6 => ({ is: 'option-request', codes });
const uuidDuid = (hex: string): Uint8Array =>
  Uint8Array.from(`0004${hex}`.match(/../g) as string[], (two) => Number.parseInt(two, 16));

const ask = (
  site: Site6,
  message: Message6,
  { now = 1_000, ...arrival }: Partial<Arrival6> & { now?: number } = {},
): Answer6 => answer6(encodeMessage6(message), { ...ARRIVAL, ...arrival }, site, now);

const replied = (answer: Answer6): ClientMessage6 & { answer: Reply6 } => {
  if (answer.kind !== 'reply') throw new Error(`silence: ${answer.reason} ${answer.detail}`);
  const read = decodeMessage6(answer.bytes);
  if (isMalformed6(read) || read.kind !== 'client') throw new Error('not the message of a server to a client');
  return { ...read, answer };
};

const addressesOf = ({ options }: { options: readonly Option6[] }): string[] =>
  options
    .flatMap((option) => (option.is === 'ia-na' ? option.options : []))
    .flatMap((option) => (option.is === 'ia-address' && option.valid > 0 ? [option.address] : []));
const statusOf = ({ options }: { options: readonly Option6[] }, at = 0): number | undefined =>
  optionOf(
    options.filter(({ is }) => is === 'ia-na').map((ia) => ia as Extract<Option6, { is: 'ia-na' }>)[at]?.options ?? [],
    'status',
  )?.code;

const server = (site: Site6): Option6 => ({ is: 'server-id', duid: site.duid });
/** The four messages; gives the reply to the Request. */
const takeLease = (site: Site6, duid: Uint8Array, iaid = 1, now = 1_000) => {
  const offer = replied(ask(site, message6(MESSAGE6.solicit, 1, client(duid), association6(iaid)), { now }));
  const request = message6(MESSAGE6.request, 2, client(duid), server(site), association6(iaid, ...addressesOf(offer)));
  return replied(ask(site, request, { now }));
};

describe('a DHCPv6 server', () => {
  it('advertises what was allocated to a machine, and promises it when asked', () => {
    const site = siteOf6();
    const duid = duidOfMac('52:54:00:77:00:01');
    const offer = replied(ask(site, message6(MESSAGE6.solicit, 7, client(duid), association6(3))));
    expect(offer.type).toBe(MESSAGE6.advertise);
    expect(offer.transaction).toBe(7);
    expect(addressesOf(offer)).toEqual(['fd00:77:0:1::a1']);
    expect(optionOf(offer.options, 'preference')?.value).toBe(255);
    expect(offer.answer.leases).toEqual([]);
    const reply = takeLease(site, duid, 3);
    expect(reply.type).toBe(MESSAGE6.reply);
    expect(addressesOf(reply)).toEqual(['fd00:77:0:1::a1']);
    expect(reply.answer.leases).toEqual([
      {
        network: networkOf6().id,
        family: 6,
        address: 'fd00:77:0:1::a1',
        holder: 'duid:00030001525400770001/3',
        mac: '52:54:00:77:00:01',
        node: machineOf6().node,
        hostname: 'd52-54-00-77-00-01.example.test',
        state: 'bound',
        since: 1_000,
        until: 86_401_000,
      },
    ]);
    const association = optionOf(reply.options, 'ia-na');
    expect(association).toMatchObject({ iaid: 3, t1: 27_000, t2: 43_200 });
    expect(optionOf(association?.options ?? [], 'ia-address')).toMatchObject({ preferred: 54_000, valid: 86_400 });
  });

  it.each([
    ['its SMBIOS UUID in network order, as iPXE writes it', uuidDuid('00112233445566778899aabbccddeeff'), {}],
    ['its SMBIOS UUID as EDK2 copies it', uuidDuid('33221100554477668899aabbccddeeff'), {}],
    ['the MAC its link-local address is made from', STRANGER, { source: 'fe80::5054:ff:fe77:1' }],
    ['the MAC that the socket saw', STRANGER, { mac: '52:54:00:77:00:01' }],
  ])('knows a machine by %s', (_how, duid, arrival) => {
    const answer = ask(siteOf6(), message6(MESSAGE6.solicit, 1, client(duid), association6(1)), arrival);
    expect(addressesOf(replied(answer))).toEqual(['fd00:77:0:1::a1']);
    expect(answer.about.machine?.node).toBe(machineOf6().node);
  });

  it('believes the MAC of the link before the one in a DUID, which a copied disk carries', () => {
    const other = machineOf6({
      node: idOf<NodeId>('22222222-0000-4000-8000-000000000002'),
      name: 'other.example.test',
      macs: ['52:54:00:77:00:02'],
      uuid: null,
      addresses: [{ network: 'admin', range: 'host-v6', family: 6, address: 'fd00:77:0:1::a2' }],
    });
    const site = siteOf6(undefined, [machineOf6(), other]);
    const solicit = message6(MESSAGE6.solicit, 1, client(duidOfMac('52:54:00:77:00:01')), association6(1));
    expect(addressesOf(replied(ask(site, solicit, { source: 'fe80::5054:ff:fe77:2' })))).toEqual(['fd00:77:0:1::a2']);
  });

  it('gives the machine its address again when firmware, loader and system call themselves differently', () => {
    const site = siteOf6();
    const first = takeLease(site, uuidDuid('33221100554477668899aabbccddeeff'), 1, 1_000);
    const second = takeLease(site, uuidDuid('00112233445566778899aabbccddeeff'), 9, 2_000);
    expect(addressesOf(first)).toEqual(addressesOf(second));
    expect(site.book.leaseAt('fd00:77:0:1::a1')?.holder).toMatch(/00112233.*\/9$/);
  });

  it('gives all addresses of a machine on the link in one association', () => {
    const storage = networkOf6({
      id: idOf('11111111-0000-4000-8000-000000000002'),
      name: 'storage',
      subnets: [{ family: 6, cidr: 'fd00:77:0:2::/64', pools: [], routes: [] }],
    });
    const machine = machineOf6({
      addresses: [
        ...machineOf6().addresses,
        { network: 'storage', range: 'host-v6', family: 6, address: 'fd00:77:0:2::a1' },
        { network: 'elsewhere', range: 'host-v6', family: 6, address: 'fd00:77:0:3::a1' },
      ],
    });
    const site = siteOf6([networkOf6(), storage], [machine]);
    expect(addressesOf(takeLease(site, duidOfMac('52:54:00:77:00:01')))).toEqual([
      'fd00:77:0:1::a1',
      'fd00:77:0:2::a1',
    ]);
  });

  it('gives machines that nobody knows different addresses from a pool, and the same ones again', () => {
    const site = siteOf6();
    const given = [1, 2, 3].map((last) => addressesOf(takeLease(site, duidOfMac(`02:00:00:00:00:0${last}`)))[0]);
    expect(given).toEqual(['fd00:77:0:1::d000', 'fd00:77:0:1::d001', 'fd00:77:0:1::d002']);
    expect(addressesOf(takeLease(site, duidOfMac('02:00:00:00:00:02'), 1, 500_000))).toEqual(['fd00:77:0:1::d001']);
  });

  it('never gives from a pool what was allocated to a machine, or is its own', () => {
    const machine = machineOf6({
      addresses: [{ network: 'admin', range: 'dhcp', family: 6, address: 'fd00:77:0:1::d000' }],
    });
    const site = siteOf6(undefined, [machine], { addresses: ['fd00:77:0:1::d001'] });
    expect(addressesOf(takeLease(site, STRANGER))).toEqual(['fd00:77:0:1::d002']);
    const named = message6(
      MESSAGE6.request,
      2,
      client(duidOfMac('02:00:00:00:00:98')),
      server(site),
      association6(1, 'fd00:77:0:1::d000'),
    );
    expect(addressesOf(replied(ask(site, named)))).toEqual(['fd00:77:0:1::d003']);
  });

  it('does not give a machine an address while somebody else holds a lease on it', () => {
    const site = siteOf6(undefined, []);
    const [taken] = addressesOf(takeLease(site, STRANGER));
    const machine = machineOf6({
      addresses: [{ network: 'admin', range: 'dhcp', family: 6, address: taken as string }],
    });
    site.view.apply([{ kind: 'machine', id: machine.node, body: machine }], 2);
    const duid = duidOfMac('52:54:00:77:00:01');
    expect(addressesOf(takeLease(site, duid, 1, 2_000))).toEqual(['fd00:77:0:1::d001']);
    expect(addressesOf(takeLease(site, duid, 1, 700_000))).toEqual([taken]);
  });

  it('tells a client for whom nothing is left that nothing is left', () => {
    const site = siteOf6(
      [networkOf6({ subnets: [{ family: 6, cidr: 'fd00:77:0:1::/64', pools: [], routes: [] }] })],
      [],
    );
    const offer = replied(ask(site, message6(MESSAGE6.solicit, 1, client(STRANGER), association6(1))));
    expect(statusOf(offer)).toBe(STATUS6.noAddresses);
    expect(optionOf(offer.options, 'preference')).toBeUndefined();
  });

  it('gives the lease at once to a client that wants it so, unless it has none to give', () => {
    const rapid = message6(MESSAGE6.solicit, 1, client(STRANGER), { is: 'rapid-commit' }, association6(1));
    const reply = replied(ask(siteOf6(), rapid));
    expect(reply.type).toBe(MESSAGE6.reply);
    expect(optionOf(reply.options, 'rapid-commit')).toBeDefined();
    expect(reply.answer.leases).toHaveLength(1);
    expect(replied(ask(siteOf6(undefined, undefined, { rapidCommit: false }), rapid)).type).toBe(MESSAGE6.advertise);
    const poor = siteOf6(
      [networkOf6({ subnets: [{ family: 6, cidr: 'fd00:77:0:1::/64', pools: [], routes: [] }] })],
      [],
    );
    expect(replied(ask(poor, rapid)).type).toBe(MESSAGE6.advertise);
  });

  it('renews, also at the hand of a server that did not give the lease', () => {
    const site = siteOf6();
    takeLease(site, STRANGER);
    for (const [type, options] of [
      [MESSAGE6.renew, [server(site)]],
      [MESSAGE6.rebind, []],
    ] as const) {
      const again = message6(type, 3, client(STRANGER), ...options, association6(1, 'fd00:77:0:1::d000'));
      const reply = replied(ask(site, again, { now: 301_000 }));
      expect(addressesOf(reply)).toEqual(['fd00:77:0:1::d000']);
      expect(reply.answer.leases).toMatchObject([{ since: 1_000, until: 901_000 }]);
    }
    const lost = replied(
      ask(siteOf6(), message6(MESSAGE6.rebind, 3, client(STRANGER), association6(1, 'fd00:77:0:1::d00f'))),
    );
    expect(addressesOf(lost)).toEqual(['fd00:77:0:1::d00f']);
  });

  it('moves a machine to the address that was allocated meanwhile, and ends the old one', () => {
    const site = siteOf6(undefined, []);
    const duid = duidOfMac('52:54:00:77:00:01');
    expect(addressesOf(takeLease(site, duid))).toEqual(['fd00:77:0:1::d000']);
    site.view.apply([{ kind: 'machine', id: machineOf6().node, body: machineOf6() }], 2);
    const renew = message6(MESSAGE6.renew, 3, client(duid), server(site), association6(1, 'fd00:77:0:1::d000'));
    const reply = replied(ask(site, renew));
    expect(addressesOf(reply)).toEqual(['fd00:77:0:1::a1']);
    const ended = optionOf(reply.options, 'ia-na')?.options.at(-1);
    expect(ended).toMatchObject({ is: 'ia-address', address: 'fd00:77:0:1::d000', valid: 0, preferred: 0 });
    expect(reply.answer.leases.map(({ address, state }) => `${address} ${state}`)).toEqual([
      'fd00:77:0:1::d000 released',
      'fd00:77:0:1::a1 bound',
    ]);
  });

  it('says NoBinding where a Renew names nothing and nothing is left, and NotOnLink for foreign addresses', () => {
    const poor = siteOf6(
      [networkOf6({ subnets: [{ family: 6, cidr: 'fd00:77:0:1::/64', pools: [], routes: [] }] })],
      [],
    );
    expect(
      statusOf(replied(ask(poor, message6(MESSAGE6.renew, 1, client(STRANGER), server(poor), association6(1))))),
    ).toBe(STATUS6.noBinding);
    const foreign = message6(MESSAGE6.request, 1, client(STRANGER), server(poor), association6(1, '2001:db8::1'));
    expect(statusOf(replied(ask(poor, foreign)))).toBe(STATUS6.notOnLink);
  });

  it('confirms addresses of the link, denies others, and is silent where none is named', () => {
    const confirm = (...addresses: string[]) =>
      ask(siteOf6(), message6(MESSAGE6.confirm, 1, client(STRANGER), association6(1, ...addresses)));
    expect(optionOf(replied(confirm('fd00:77:0:1::d123')).options, 'status')?.code).toBe(STATUS6.success);
    expect(optionOf(replied(confirm('fd00:77:0:1::d123', 'fd99::1')).options, 'status')?.code).toBe(STATUS6.notOnLink);
    expect(confirm()).toMatchObject({ kind: 'silence', reason: 'nothing-to-confirm' });
  });

  it('takes back what is released, and from nobody else', () => {
    const site = siteOf6();
    takeLease(site, STRANGER);
    const release = (duid: Uint8Array) =>
      replied(
        ask(site, message6(MESSAGE6.release, 1, client(duid), server(site), association6(1, 'fd00:77:0:1::d000'))),
      );
    const thief = release(duidOfMac('02:00:00:00:00:66'));
    expect(statusOf(thief)).toBe(STATUS6.noBinding);
    expect(thief.answer.leases).toEqual([]);
    const holder = release(STRANGER);
    expect(optionOf(holder.options, 'status')?.code).toBe(STATUS6.success);
    expect(holder.answer.leases).toMatchObject([{ address: 'fd00:77:0:1::d000', state: 'released' }]);
  });

  it('gives nobody an address that was found in use, until some time later', () => {
    const site = siteOf6();
    takeLease(site, STRANGER);
    const decline = message6(MESSAGE6.decline, 1, client(STRANGER), server(site), association6(1, 'fd00:77:0:1::d000'));
    expect(replied(ask(site, decline)).answer.leases).toMatchObject([{ state: 'declined', until: 3_601_000 }]);
    expect(addressesOf(takeLease(site, STRANGER, 1, 2_000))).toEqual(['fd00:77:0:1::d001']);
  });

  it('answers who wants no address', () => {
    const inform = message6(
      MESSAGE6.informationRequest,
      1,
      asks(OPTION6.nameServers, OPTION6.domainSearch, OPTION6.ntpServers),
    );
    const reply = replied(ask(siteOf6(), inform));
    expect(reply.options).toEqual([
      { is: 'server-id', duid: siteOf6().duid },
      // The name server of IPv4 cannot be told here.
      { is: 'name-servers', addresses: ['fd00:77:0:1::1'] },
      { is: 'domain-search', names: ['example.test'] },
      { is: 'ntp-servers', addresses: ['fd00:77:0:1::1'] },
      { is: 'information-refresh', seconds: 3_600 },
    ]);
  });

  it('tells of itself where the network names no server for names, and names are served here', () => {
    const inform = message6(MESSAGE6.informationRequest, 1, asks(OPTION6.nameServers));
    const toldBy = (nameServers: string[], more: Parameters<typeof siteOf6>[2]) =>
      optionOf(replied(ask(siteOf6([networkOf6({ nameServers })], [], more), inform)).options, 'name-servers')
        ?.addresses;
    const own = { addresses: ['fe80::1', 'fd00:88::1', 'fd00:77:0:1::1'], servesNames: () => true };
    expect(toldBy([], own)).toEqual(['fd00:77:0:1::1']);
    expect(toldBy([], { ...own, addresses: ['fe80::1', 'fd00:88::1'] })).toEqual(['fd00:88::1']);
    expect(toldBy([], { ...own, servesNames: () => false })).toBeUndefined();
    expect(toldBy(['2001:db8::53'], own)).toEqual(['2001:db8::53']);
    expect(toldBy(['192.0.2.53'], own)).toBeUndefined();
  });

  it('tells a machine its name, and a stranger that no name will be made', () => {
    const named = (duid: Uint8Array) =>
      optionOf(
        replied(
          ask(
            siteOf6(),
            message6(MESSAGE6.solicit, 1, client(duid), association6(1), asks(OPTION6.clientName), {
              is: 'client-name',
              flags: 0,
              name: 'mine',
              whole: false,
            }),
          ),
        ).options,
        'client-name',
      );
    expect(named(duidOfMac('52:54:00:77:00:01'))).toMatchObject({ name: 'd52-54-00-77-00-01.example.test', flags: 3 });
    expect(named(STRANGER)).toMatchObject({ name: 'mine', flags: 4 });
  });

  it('refuses prefixes and temporary addresses with the status of each', () => {
    const offer = replied(
      ask(
        siteOf6(),
        message6(
          MESSAGE6.solicit,
          1,
          client(STRANGER),
          { is: 'ia-pd', iaid: 4, t1: 0, t2: 0, options: [] },
          { is: 'ia-ta', iaid: 5, options: [] },
        ),
      ),
    );
    expect(optionOf(offer.options, 'ia-pd')?.options).toMatchObject([{ is: 'status', code: STATUS6.noPrefixes }]);
    expect(optionOf(offer.options, 'ia-ta')?.options).toMatchObject([{ is: 'status', code: STATUS6.noAddresses }]);
  });

  it('gives a client that asks for hundreds of associations a few', () => {
    const many = Array.from({ length: 200 }, (_, iaid) => association6(iaid));
    const offer = replied(ask(siteOf6(), message6(MESSAGE6.solicit, 1, client(STRANGER), ...many)));
    expect(new Set(addressesOf(offer)).size).toBe(8);
    expect(statusOf(offer, 8)).toBe(STATUS6.noAddresses);
  });
});

describe('what machines boot over IPv6', () => {
  const firmware = (architecture: number, vendorClass: string, ...more: Option6[]) =>
    message6(
      MESSAGE6.solicit,
      1,
      client(uuidDuid('33221100554477668899aabbccddeeff')),
      association6(1),
      asks(OPTION6.bootFileUrl, OPTION6.bootFileParams, OPTION6.nameServers, OPTION6.vendorClass),
      { is: 'network-interface', type: 1, major: 3, minor: 0 },
      { is: 'architecture', codes: [architecture] },
      {
        is: 'vendor-class',
        enterprise: 343,
        classes: [Uint8Array.from(vendorClass, (letter) => letter.charCodeAt(0))],
      },
      ...more,
    );
  const urlOf = (message: Message6): string | undefined =>
    optionOf(replied(ask(siteOf6(), message)).options, 'boot-file-url')?.url;

  it('is a file over TFTP for a UEFI firmware', () => {
    const pxe = firmware(7, 'PXEClient:Arch:00007:UNDI:003000');
    expect(urlOf(pxe)).toBe('tftp://[fd00:77:0:1::1]/snponly.efi');
    expect(optionOf(replied(ask(siteOf6(), pxe)).options, 'vendor-class')).toBeUndefined();
  });

  it('is a file over HTTP for one that boots over HTTP, which is named its class in turn', () => {
    const http = firmware(16, 'HTTPClient:Arch:00016:UNDI:003000');
    expect(urlOf(http)).toBe('http://[fd00:77:0:1::1]:7780/files/snponly.efi');
    const named = optionOf(replied(ask(siteOf6(), http)).options, 'vendor-class');
    expect(named?.enterprise).toBe(343);
    expect(String.fromCharCode(...(named?.classes[0] ?? []))).toBe('HTTPClient');
  });

  it('is a script for iPXE', () => {
    const ipxe: Option6 = { is: 'user-class', classes: [Uint8Array.from('iPXE', (letter) => letter.charCodeAt(0))] };
    expect(urlOf(firmware(7, 'PXEClient:Arch:00007:UNDI:003010', ipxe))).toBe('http://[fd00:77:0:1::1]:7780/boot.ipxe');
  });

  it('is nothing for who does not ask, and the reasons are told', () => {
    expect(urlOf(message6(MESSAGE6.solicit, 1, client(STRANGER), association6(1)))).toBeUndefined();
    const { about } = ask(siteOf6(), firmware(7, 'PXEClient:Arch:00007:UNDI:003000'));
    expect(about.boot?.reasons.join('; ')).toMatch(/known by its UUID 00112233-4455-6677-8899-aabbccddeeff/);
  });
});

describe('DHCPv6 through relays', () => {
  const relayed = (message: Message6, more: Partial<RelayMessage6> = {}, ...options: Option6[]): RelayMessage6 => ({
    kind: 'relay',
    type: MESSAGE6.relayForward,
    hops: 0,
    link: 'fd00:77:0:1::2',
    peer: 'fe80::99',
    options: [{ is: 'interface-id', value: Uint8Array.of(9, 9) }, { is: 'relay-message', message }, ...options],
    ...more,
  });
  const solicit = message6(MESSAGE6.solicit, 5, client(STRANGER), association6(1));
  const viaRelay = { link: null, source: 'fd00:99::1', sourcePort: 547, multicast: false };

  it('answers along the same way, with what each relay wrote to know its interface', () => {
    const outer = relayed(relayed(solicit), { hops: 1, link: '::', peer: 'fe80::2' });
    const answer = ask(siteOf6(), outer, viaRelay);
    expect(answer).toMatchObject({ kind: 'reply', to: { address: 'fd00:99::1', port: 547 } });
    const back = decodeMessage6((answer as Reply6).bytes) as RelayMessage6;
    expect(back).toMatchObject({ type: MESSAGE6.relayReply, hops: 1, link: '::', peer: 'fe80::2' });
    expect(optionOf(back.options, 'interface-id')?.value).toEqual(Uint8Array.of(9, 9));
    const inner = optionOf(back.options, 'relay-message')?.message as RelayMessage6;
    expect(inner).toMatchObject({ type: MESSAGE6.relayReply, hops: 0, link: 'fd00:77:0:1::2', peer: 'fe80::99' });
    const advertise = optionOf(inner.options, 'relay-message')?.message as ClientMessage6;
    expect(advertise).toMatchObject({ type: MESSAGE6.advertise, transaction: 5 });
    expect(addressesOf(advertise)).toEqual(['fd00:77:0:1::d000']);
  });

  it('knows the machine by the link-layer address that the relay tells', () => {
    const told: Option6 = {
      is: 'client-link-layer',
      hardware: 1,
      address: Uint8Array.of(0x52, 0x54, 0, 0x77, 0, 1),
    };
    expect(ask(siteOf6(), relayed(solicit, {}, told), viaRelay).about.machine?.node).toBe(machineOf6().node);
    expect(ask(siteOf6(), relayed(solicit, { peer: 'fe80::5054:ff:fe77:1' }), viaRelay).about.machine?.node).toBe(
      machineOf6().node,
    );
  });

  it('gives addresses of the link that the relay names, and none of another', () => {
    const far = networkOf6({
      id: idOf('11111111-0000-4000-8000-000000000003'),
      name: 'far',
      link: 'far',
      subnets: [
        {
          family: 6,
          cidr: 'fd00:77:0:3::/64',
          pools: [{ name: 'dhcp', first: 'fd00:77:0:3::1', last: 'fd00:77:0:3::ff' }],
          routes: [],
        },
      ],
    });
    const answer = ask(siteOf6([networkOf6(), far]), relayed(solicit, { link: 'fd00:77:0:3::ffff' }), viaRelay);
    expect(answer.about.addresses).toEqual(['fd00:77:0:3::1']);
    expect(ask(siteOf6(), relayed(solicit, { link: '2001:db8::1' }), viaRelay)).toMatchObject({
      reason: 'unknown-link',
    });
  });

  it('answers to the port that a relay sent from, if it says so', () => {
    const port: Option6 = { is: 'relay-source-port', port: 0 };
    const answer = ask(siteOf6(), relayed(solicit, {}, port), { ...viaRelay, sourcePort: 50_547 });
    expect(answer).toMatchObject({ to: { port: 50_547 } });
  });

  it('does not answer replies of other servers that come through relays', () => {
    expect(ask(siteOf6(), relayed(solicit, { type: MESSAGE6.relayReply }), viaRelay)).toMatchObject({
      kind: 'silence',
      reason: 'not-for-servers',
    });
  });
});

describe('a DHCPv6 server is silent', () => {
  const site = siteOf6();
  const elsewhere: Option6 = { is: 'server-id', duid: STRANGER };
  it.each<[string, Message6, Partial<Arrival6>]>([
    ['no-client-id', message6(MESSAGE6.solicit, 1, association6(1)), {}],
    ['no-server-id', message6(MESSAGE6.request, 1, client(STRANGER), association6(1)), {}],
    ['unexpected-server-id', message6(MESSAGE6.solicit, 1, client(STRANGER), server(site)), {}],
    ['unexpected-server-id', message6(MESSAGE6.rebind, 1, client(STRANGER), server(site)), {}],
    ['unexpected-server-id', message6(MESSAGE6.confirm, 1, client(STRANGER), server(site)), {}],
    ['other-server', message6(MESSAGE6.request, 1, client(STRANGER), elsewhere, association6(1)), {}],
    ['other-server', message6(MESSAGE6.informationRequest, 1, elsewhere), {}],
    ['addresses-in-information-request', message6(MESSAGE6.informationRequest, 1, association6(1)), {}],
    ['unicast', message6(MESSAGE6.solicit, 1, client(STRANGER), association6(1)), { multicast: false }],
    ['unicast', message6(MESSAGE6.rebind, 1, client(STRANGER), association6(1)), { multicast: false }],
    ['unicast', message6(MESSAGE6.informationRequest, 1), { multicast: false }],
    ['not-for-servers', message6(MESSAGE6.advertise, 1, client(STRANGER), server(site)), {}],
    ['not-for-servers', message6(MESSAGE6.reply, 1, client(STRANGER), server(site)), {}],
    ['not-for-servers', message6(MESSAGE6.reconfigure, 1, client(STRANGER), server(site)), {}],
    ['unknown-link', message6(MESSAGE6.solicit, 1, client(STRANGER)), { link: 'nowhere' }],
    ['unknown-link', message6(MESSAGE6.solicit, 1, client(STRANGER)), { link: null }],
  ])('%s', (reason, message, arrival) => {
    expect(ask(site, message, arrival)).toMatchObject({ kind: 'silence', reason });
  });

  it('where DHCP is off', () => {
    expect(ask(siteOf6([networkOf6({ dhcp: 'off' })]), message6(MESSAGE6.solicit, 1, client(STRANGER)))).toMatchObject({
      reason: 'served-by-nobody',
    });
  });

  it('but tells who asks it directly for what goes to the group to use the group', () => {
    for (const type of [MESSAGE6.request, MESSAGE6.renew, MESSAGE6.release, MESSAGE6.decline]) {
      const told = replied(
        ask(site, message6(type, 1, client(STRANGER), server(site), association6(1)), { multicast: false }),
      );
      expect(told.options).toEqual([
        client(STRANGER),
        server(site),
        { is: 'status', code: STATUS6.useMulticast, text: 'send to ff02::1:2' },
      ]);
    }
  });
});
