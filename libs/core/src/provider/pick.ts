import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import { loginAccounts } from './accounts.js';
import type { CloudOffer, OfferedFlavor, OfferedImage, OfferedNetwork, Picked, ProviderWish } from './offer.js';

/** Names that a message lists at the most. */
const NAMES_SHOWN_MAX = 12;

export interface CloudChoice {
  readonly picked: Picked;
  /** What had to be guessed because several would do and nobody named one, in sentences. */
  readonly guessed: readonly string[];
}

/**
 * Picks network, flavor and image of an offer: by name or id where one is wished, else the smallest flavor that fits, the
 * only network, the only image. Where several would do the first by name is taken, and the choice says so. Refuses with
 * what there is.
 */
export const pickOf = (offer: CloudOffer, wish: ProviderWish): CloudChoice | Refusal => {
  const guessed: string[] = [];
  const image = pickImage(offer.images, wish, guessed);
  if (isRefusal(image)) return image;
  const flavor = pickFlavor(offer.flavors, wish, image);
  if (isRefusal(flavor)) return flavor;
  const network = pickNetwork(offer.networks, wish, guessed);
  if (isRefusal(network)) return network;
  const external = pickExternal(offer.networks, wish, network, guessed);
  if (isRefusal(external)) return external;
  return {
    picked: {
      network: { ...named(network), external: network.external },
      flavor: named(flavor),
      image: named(image),
      external: external && named(external),
      accounts: loginAccounts(image, wish.account),
    },
    guessed,
  };
};

const pickImage = (
  images: readonly OfferedImage[],
  { image }: ProviderWish,
  guessed: string[],
): OfferedImage | Refusal => {
  if (image !== undefined) return byName('image', images, image);
  const [first, ...others] = [...images].sort(ascending);
  if (!first) return refuse('not-found', 'the cloud offers no image: upload one there.', { field: 'image' });
  if (others.length > 0) guessed.push(`no image was named: ${first.name} is the first by name of ${images.length}`);
  return first;
};

const pickFlavor = (
  flavors: readonly OfferedFlavor[],
  wish: ProviderWish,
  image: OfferedImage,
): OfferedFlavor | Refusal => {
  const least = {
    vcpus: wish.vcpus ?? 1,
    memory_mib: Math.max(wish.memory_mib ?? 0, image.memory_mib),
    disk_gib: Math.max(wish.disk_gib ?? 0, image.disk_gib),
  };
  const fits = (flavor: OfferedFlavor): boolean =>
    flavor.vcpus >= least.vcpus &&
    flavor.memory_mib >= least.memory_mib &&
    // A flavor without a disk of its own gives as much as the image has.
    (flavor.disk_gib >= least.disk_gib || (flavor.disk_gib === 0 && wish.disk_gib === undefined));
  if (wish.flavor !== undefined) {
    const flavor = byName('flavor', flavors, wish.flavor);
    if (isRefusal(flavor) || fits(flavor)) return flavor;
    return refuse(
      'conflict',
      `flavor ${sizeOf(flavor)} is too small: ${image.name} and the wish need ${wordsOf(least)}.`,
      { field: 'flavor' },
    );
  }
  const [smallest] = flavors.filter(fits).sort(bySize);
  return (
    smallest ??
    refuse(
      'not-found',
      `no flavor has ${wordsOf(least)}; there are ${listed(flavors.map(sizeOf))}: wish for less, or make a larger one there.`,
      { field: 'flavor' },
    )
  );
};

const pickNetwork = (
  networks: readonly OfferedNetwork[],
  { network }: ProviderWish,
  guessed: string[],
): OfferedNetwork | Refusal => {
  if (network !== undefined) return byName('network', networks, network);
  // One of the project's own comes first: what leads outside is often not for servers.
  const usable = networks
    .filter((each) => each.usable)
    .sort((a, b) => Number(a.external) - Number(b.external) || ascending(a, b));
  const [first, second] = usable;
  if (!first)
    return refuse(
      'not-found',
      `no network takes servers; there are ${listed(networks.map(({ name }) => name))}: make one there, or name one.`,
      { field: 'network' },
    );
  if (second && second.external === first.external)
    guessed.push(`no network was named: ${first.name} is the first by name of ${usable.length}`);
  return first;
};

const pickExternal = (
  networks: readonly OfferedNetwork[],
  wish: ProviderWish,
  network: OfferedNetwork,
  guessed: string[],
): OfferedNetwork | null | Refusal => {
  const { floating = 'auto', external_network: external } = wish;
  if (floating === 'never' || (floating === 'auto' && network.external)) return null;
  if (external !== undefined) return byName('network', networks, external);
  const [first, ...others] = networks.filter((each) => each.external && each.id !== network.id).sort(ascending);
  if (!first) {
    if (floating === 'auto') return null;
    return refuse(
      'not-found',
      `a floating address is wished for and no network leads outside; there are ${listed(networks.map(({ name }) => name))}.`,
      { field: 'external_network' },
    );
  }
  if (others.length > 0)
    guessed.push(`no external network was named: ${first.name} is the first by name of ${others.length + 1}`);
  return first;
};

const byName = <Thing extends { readonly id: string; readonly name: string }>(
  what: string,
  things: readonly Thing[],
  key: string,
): Thing | Refusal => {
  const [found, another] = things.filter(({ id, name }) => id === key || name === key);
  if (another && found?.id !== key)
    return refuse('conflict', `several things are called ${what} "${key}": give the id of the one that is meant.`, {
      field: what,
    });
  return (
    found ??
    refuse('not-found', `there is no ${what} "${key}"; there are ${listed(things.map(({ name }) => name))}.`, {
      field: what,
    })
  );
};

const bySize = (a: OfferedFlavor, b: OfferedFlavor): number =>
  a.memory_mib - b.memory_mib || a.vcpus - b.vcpus || a.disk_gib - b.disk_gib || ascending(a, b);

const ascending = (a: { readonly name: string; readonly id: string }, b: typeof a): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;

const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

const wordsOf = (size: Pick<OfferedFlavor, 'vcpus' | 'memory_mib' | 'disk_gib'>): string =>
  `${size.vcpus} vCPU, ${size.memory_mib} MiB of memory and ${size.disk_gib} GiB of disk`;

const sizeOf = (flavor: OfferedFlavor): string => `${flavor.name} (${wordsOf(flavor)})`;

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : `${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : ''}`;
