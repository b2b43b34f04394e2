import { isMap, type Json, type JsonObject } from '../base/json.js';
import { canonicalJson } from './canonical-json.js';

/**
 * The manifest of a bundle of evidence: which files are in it, each with its length and digest, and what may differ when
 * the same is found twice. It is one canonical text, and the signature is over exactly its bytes.
 */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  /** What it is evidence of. */
  readonly about: JsonObject;
  readonly files: readonly ManifestFile[];
  /**
   * What tells of this one time only: pointers (RFC 6901) into the manifest. Two bundles of the same inputs have the same
   * manifest but for these.
   */
  readonly volatile: readonly string[];
}

export interface ManifestFile {
  readonly path: string;
  readonly media_type: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export const MANIFEST_FORMAT = 'anneal-evidence/1';

/** A file of the bundle before its digest is known. */
export interface EvidencePart {
  readonly path: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** Its content tells of this one time: clocks, durations, ids that are made anew. */
  readonly volatile: boolean;
}

/** Hex of the SHA-256 of bytes: whoever calls has the means. */
export type Sha256 = (bytes: Uint8Array) => string;

/** `about` with the names of its members that differ each time; files are sorted by path. */
export function makeManifest(
  about: JsonObject,
  volatileAbout: readonly string[],
  parts: readonly EvidencePart[],
  sha256: Sha256,
): Manifest {
  const sorted = [...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    format: MANIFEST_FORMAT,
    about,
    files: sorted.map(({ path, mediaType, content }) => ({
      path,
      media_type: mediaType,
      bytes: content.length,
      sha256: sha256(content),
    })),
    volatile: [
      ...volatileAbout.map((name) => `/about/${name}`),
      ...sorted.flatMap(({ volatile }, index) => (volatile ? [`/files/${index}/bytes`, `/files/${index}/sha256`] : [])),
    ],
  };
}

export const printManifest = (manifest: Manifest): string => canonicalJson(manifest as unknown as Json);

/** The manifest without what it declares to be of this one time: the same for the same inputs. */
export function stableManifest(manifest: Manifest): string {
  const copy = JSON.parse(printManifest(manifest)) as Json;
  for (const pointer of manifest.volatile) forget(copy, pointer.split('/').slice(1));
  return canonicalJson(copy);
}

function forget(value: Json, [step, ...rest]: readonly string[]): void {
  if (step === undefined || typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, Json>;
  const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
  if (rest.length > 0) forget(holder[key] ?? null, rest);
  else delete holder[key];
}

/** Reads a manifest as it was printed; a sentence where it is none, or was printed by something else. */
export function readManifest(text: string): Manifest | string {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return 'it is not JSON';
  }
  if (!isMap(value) || value['format'] !== MANIFEST_FORMAT) return `it is not of the format ${MANIFEST_FORMAT}`;
  if (canonicalJson(value) !== text) return 'it is not written canonically, so it was changed';
  const { files, about, volatile } = value;
  const isFile = (file: Json): boolean =>
    isMap(file) &&
    typeof file['path'] === 'string' &&
    typeof file['bytes'] === 'number' &&
    typeof file['sha256'] === 'string' &&
    /^[0-9a-f]{64}$/.test(file['sha256']);
  if (!isMap(about) || !Array.isArray(files) || !Array.isArray(volatile) || !(files as readonly Json[]).every(isFile))
    return 'it does not list files as a manifest does';
  return value as unknown as Manifest;
}
