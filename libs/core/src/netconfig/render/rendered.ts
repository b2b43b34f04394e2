/** What a plan becomes on a node: whole files, and settings in files that others write as well. */

/** A file that is ours from its first to its last byte. */
export interface NetworkFile {
  readonly path: string;
  readonly mode: 0o600 | 0o644;
  readonly content: string;
}

/** A variable of a file that others write as well. */
export interface NetworkSetting {
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

export interface NetworkFiles {
  readonly files: readonly NetworkFile[];
  readonly settings: readonly NetworkSetting[];
}

/** The first line of every file. */
export const WRITTEN_BY = '# Written by Anneal. Change the networks there: what is changed here is lost.';

/** How often a bond looks whether its members have a carrier. */
export const BOND_MONITOR_MS = 100;
