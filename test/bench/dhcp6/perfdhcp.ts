import type { Namespaces } from '../../lab/dhcp6/namespaces.js';

/** What perfdhcp saw of one run. */
export interface Exchanges {
  readonly offeredPerSecond: number;
  /** Four-message exchanges that came to their end, per second of sending. */
  readonly donePerSecond: number;
  /** Of Solicits without an answer, and of Requests without one, in per cent. */
  readonly lostPercent: { readonly solicit: number; readonly request: number };
  /** Addresses that two clients got; 0 where that was not looked for. */
  readonly doubled: number;
}

/** How long perfdhcp waits for the last answers, in microseconds. */
const LAST_US = 500_000;
/** Clients: twice as many as there will be exchanges, so that most of them are new. */
const CLIENTS_SHARE = 2;
const GRACE_MS = 20_000;

export interface Offer {
  readonly namespace: string;
  readonly interface: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Whether it is looked for addresses that two clients got, which costs perfdhcp some of its speed. */
  readonly uniqueness?: boolean;
}

/** Offers exchanges at a steady rate, each by a client of its own. */
export const offerExchanges = async (net: Namespaces, offer: Offer): Promise<Exchanges> => {
  const { namespace, perSecond, seconds } = offer;
  const clients = CLIENTS_SHARE * perSecond * seconds;
  const args = ['-6', '-r', String(perSecond), '-R', String(clients), '-p', String(seconds), '-W', String(LAST_US)];
  if (offer.uniqueness) args.push('-u');
  // It ends with 3 when something was lost.
  const run = [
    '-c',
    'perfdhcp "$@"; code=$?; [ $code -eq 3 ] || exit $code',
    'perfdhcp',
    ...args,
    '-l',
    offer.interface,
  ];
  const printed = await net.run(namespace, 'sh', run, seconds * 1_000 + GRACE_MS);
  const [, solicits = '', requests = ''] = printed.split('***Statistics for:');
  const figure = (text: string, name: string): number =>
    Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const lost = (text: string): number => {
    const sent = figure(text, 'sent packets');
    return sent === 0 ? 100 : (100 * figure(text, 'drops')) / sent;
  };
  return {
    offeredPerSecond: perSecond,
    donePerSecond: figure(requests, 'received packets') / seconds,
    lostPercent: { solicit: lost(solicits), request: lost(requests) },
    doubled: figure(solicits, 'non unique addresses') + figure(requests, 'non unique addresses'),
  };
};
