import type { OfferedImage } from './offer.js';

/** Accounts in which the images of each distribution put the key, the likeliest first. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  debian: ['debian', 'admin'],
  ubuntu: ['ubuntu'],
  rocky: ['rocky', 'cloud-user'],
  almalinux: ['almalinux', 'cloud-user'],
  centos: ['centos', 'cloud-user'],
  rhel: ['cloud-user', 'ec2-user'],
  fedora: ['fedora'],
  opensuse: ['opensuse', 'ec2-user'],
  sles: ['sles', 'ec2-user'],
  arch: ['arch'],
  alpine: ['alpine'],
  amazon: ['ec2-user'],
  coreos: ['core'],
  flatcar: ['core'],
  freebsd: ['freebsd'],
  cirros: ['cirros'],
};

/** Words in names of images by which their distribution is guessed, the more telling ones first. */
const GUESSES: readonly (readonly [RegExp, string])[] = [
  [/cirros/, 'cirros'],
  [/ubuntu|jammy|noble|focal/, 'ubuntu'],
  [/debian|bookworm|bullseye|trixie/, 'debian'],
  [/rocky/, 'rocky'],
  [/alma/, 'almalinux'],
  [/centos/, 'centos'],
  [/rhel|red.?hat/, 'rhel'],
  [/fedora/, 'fedora'],
  [/flatcar/, 'flatcar'],
  [/core.?os/, 'coreos'],
  [/suse.?linux|sles/, 'sles'],
  [/suse/, 'opensuse'],
  [/arch/, 'arch'],
  [/alpine/, 'alpine'],
  [/amazon|amzn/, 'amazon'],
  [/freebsd/, 'freebsd'],
];

/** Tried when nothing is known of an image, and after what is. */
const ANY = ['root', 'debian', 'ubuntu', 'cloud-user', 'ec2-user'];
/** Accounts that are tried at the most: a server that counts refused logins shuts the door after some. */
const ACCOUNTS_MAX = 6;

/**
 * The accounts to try on a server that was made from an image, in order: the one that was given and no other; else the one
 * that the cloud names, those usual for its distribution, root, and what other images use.
 */
export const loginAccounts = (
  image: Pick<OfferedImage, 'name' | 'distribution' | 'account'>,
  given?: string,
): readonly string[] => {
  if (given !== undefined) return [given];
  const known = distributionOf(image);
  const usual = known === null ? [] : (USUAL[known] ?? [known]);
  const all = [...(image.account === null ? [] : [image.account]), ...usual, ...ANY];
  return [...new Set(all)].slice(0, ACCOUNTS_MAX);
};

const distributionOf = ({ name, distribution }: Pick<OfferedImage, 'name' | 'distribution'>): string | null => {
  const told = distribution?.toLowerCase() ?? '';
  if (told in USUAL) return told;
  const text = `${told} ${name.toLowerCase()}`;
  return GUESSES.find(([pattern]) => pattern.test(text))?.[1] ?? null;
};
