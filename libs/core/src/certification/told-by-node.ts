import type { DisclosedPackage } from './disclosure.js';

/**
 * What a node of a cloud told of itself when a suite had ended, read from the files that go into the evidence. Nothing is
 * guessed: what a file does not say is null, and a line that is not as it should be is passed over.
 */
export interface ToldByNode {
  readonly operatingSystem: string | null;
  readonly kernel: string | null;
  /** `physical`, `virtual`, `container`. */
  readonly machine: string | null;
  readonly packages: readonly DisclosedPackage[];
}

/** The files that a node tells, below `nodes/NAME/`; each line is words parted by tabs. */
export const NODE_FILES = {
  /** Name, version, architecture, source package, who made it. */
  packages: 'packages.txt',
  /** As `sha256sum` writes it. */
  configuration: 'configuration.sha256',
  system: 'system.txt',
  hardware: 'hardware.txt',
} as const;

/** Stands in place of all of them when a node could not be asked. */
export const NODE_NOT_KNOWN = 'not-known.txt';

/** Reads the files of one node by name; null when it was not asked, or could not be. */
export const readToldByNode = (files: ReadonlyMap<string, string>): ToldByNode | null => {
  const system = files.get(NODE_FILES.system);
  if (system === undefined) return null;
  const said = wordsOf(system);
  const hardware = wordsOf(files.get(NODE_FILES.hardware) ?? '');
  return {
    operatingSystem: after(said, 'system'),
    kernel: after(said, 'kernel'),
    machine: after(hardware, 'kind'),
    packages: wordsOf(files.get(NODE_FILES.packages) ?? '').flatMap(packageOf),
  };
};

const wordsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').map((word) => word.trim()));

const after = (lines: readonly (readonly string[])[], word: string): string | null =>
  lines.find(([first]) => first === word)?.[1] || null;

const packageOf = ([name, version, , source, origin]: readonly string[]): DisclosedPackage[] =>
  name && version ? [{ name, version, source: source || null, origin: origin || null }] : [];
