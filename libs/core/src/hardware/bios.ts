/** A BIOS attribute by the name that its vendor gave it (DSP0268, Bios.Attributes). */
export type BiosValue = string | number | boolean | null;
export type BiosAttributes = Readonly<Record<string, BiosValue>>;

/** Of those that are wished, what is not so; attributes that this machine has not are named apart. */
export const biosDifference = (
  wanted: BiosAttributes,
  now: BiosAttributes,
): { readonly differ: BiosAttributes; readonly unknown: readonly string[] } => ({
  differ: Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => Object.hasOwn(now, name) && now[name] !== value),
  ),
  unknown: Object.keys(wanted).filter((name) => !Object.hasOwn(now, name)),
});

/** What vendors call the firmware mode, and its two values; tried in order, the first that a machine has counts. */
const MODE_ATTRIBUTES: readonly { readonly name: string; readonly uefi: string; readonly bios: string }[] = [
  // Dell iDRAC, and HPE under the same name with another word for the old one.
  { name: 'BootMode', uefi: 'Uefi', bios: 'Bios' },
  { name: 'BootMode', uefi: 'Uefi', bios: 'LegacyBios' },
  { name: 'BootModeSelect', uefi: 'UEFI', bios: 'LEGACY' },
  { name: 'BootModes_SystemBootMode', uefi: 'UEFIMode', bios: 'LegacyMode' },
  { name: 'SystemBootMode', uefi: 'UEFI Mode', bios: 'Legacy Mode' },
];

/** The attribute that makes a machine start in this mode; null where none of the known names is there. */
export const firmwareModeAttribute = (
  mode: 'uefi' | 'bios',
  vendor: string,
  now: BiosAttributes,
): BiosAttributes | null => {
  const isHpe = /^hpe?\b|hewlett/i.test(vendor);
  const known = MODE_ATTRIBUTES.filter(({ name }) => Object.hasOwn(now, name));
  const one = known.find(({ bios }) => (bios === 'LegacyBios') === isHpe) ?? known[0];
  return one ? { [one.name]: one[mode] } : null;
};
