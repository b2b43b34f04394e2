import { isMap, type Json } from '../base/json.js';
import { canonicalJson } from './canonical-json.js';
import { printManifest, readManifest, type EvidencePart, type Manifest, type Sha256 } from './manifest.js';
import { readTar, writeTar, type TarFile } from './tar.js';

/** The manifest's signature: a file beside it, for it cannot be in what it signs. */
export interface DetachedSignature {
  readonly algorithm: 'ed25519';
  /** 32 bytes (RFC 8032), hex: unlike Base64 there is one way to write them, so that a changed byte is another key. */
  readonly public_key: string;
  /** 64 bytes, hex. */
  readonly signature: string;
}

export const MANIFEST_PATH = 'manifest.json';
export const SIGNATURE_PATH = 'manifest.sig';

const encoder = new TextEncoder();

/** The bundle in one archive: the manifest first, its signature, then the files as the manifest lists them. */
export function packEvidence(
  manifest: Manifest,
  signature: DetachedSignature | null,
  parts: readonly EvidencePart[],
): Uint8Array {
  const files: TarFile[] = [{ path: MANIFEST_PATH, content: encoder.encode(printManifest(manifest)) }];
  if (signature)
    files.push({ path: SIGNATURE_PATH, content: encoder.encode(canonicalJson(signature as unknown as Json)) });
  for (const { path } of manifest.files) {
    const part = parts.find((one) => one.path === path);
    if (!part) throw new Error(`the manifest lists ${path}, and there is no such file`);
    files.push({ path, content: part.content });
  }
  return writeTar(files);
}

export interface CheckedBundle {
  readonly manifest: Manifest | null;
  /** Whose signature it is; null where there is none, or it could not be read. */
  readonly signature: DetachedSignature | null;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was changed, a sentence each, with the name of the file; nothing else says that all is as it was. */
  readonly problems: readonly string[];
}

/** What whoever checks has the means for; nothing is asked of a server. */
export interface BundleMeans {
  readonly sha256: Sha256;
  verify(signature: DetachedSignature, bytes: Uint8Array): boolean;
}

/** Finds every byte of a bundle that is not as it was written, as far as one who does not have the key could change it. */
export function checkBundle(bytes: Uint8Array, means: BundleMeans): CheckedBundle {
  const archive = readTar(bytes);
  const problems = [...archive.problems];
  const files = new Map(archive.files.map(({ path, content }) => [path, content]));
  const manifestBytes = files.get(MANIFEST_PATH);
  const given = manifestBytes === undefined ? 'there is none' : readManifest(textOf(manifestBytes));
  const signature = readSignature(files.get(SIGNATURE_PATH), problems);
  if (manifestBytes && signature && !means.verify(signature, manifestBytes))
    problems.push(`${MANIFEST_PATH} or ${SIGNATURE_PATH} was changed: the signature does not fit`);
  if (typeof given === 'string') {
    problems.push(`${MANIFEST_PATH}: ${given}`);
    return { manifest: null, signature, files, problems };
  }
  const listed = new Set([MANIFEST_PATH, SIGNATURE_PATH]);
  for (const { path, bytes: length, sha256 } of given.files) {
    listed.add(path);
    const content = files.get(path);
    if (!content) problems.push(`${path} is missing`);
    else if (content.length !== length)
      problems.push(`${path} was changed: it has ${content.length} bytes, not ${length}`);
    else if (means.sha256(content) !== sha256) problems.push(`${path} was changed: its digest is another one`);
  }
  for (const path of files.keys())
    if (!listed.has(path)) problems.push(`${path} was added: the manifest does not list it`);
  if (problems.length === 0) problems.push(...orderProblems(archive.files, given, signature));
  return { manifest: given, signature, files, problems };
}

/** The archive has the order of the manifest. */
function orderProblems(files: readonly TarFile[], manifest: Manifest, signature: DetachedSignature | null): string[] {
  const order = [MANIFEST_PATH, ...(signature ? [SIGNATURE_PATH] : []), ...manifest.files.map(({ path }) => path)];
  return order.every((path, index) => files[index]?.path === path)
    ? []
    : ['the files are in another order than they were'];
}

function readSignature(bytes: Uint8Array | undefined, problems: string[]): DetachedSignature | null {
  if (!bytes) {
    problems.push(`${SIGNATURE_PATH} is missing: nobody vouches for this bundle`);
    return null;
  }
  try {
    const text = textOf(bytes);
    const value = JSON.parse(text) as Json;
    if (
      isMap(value) &&
      value['algorithm'] === 'ed25519' &&
      /^[0-9a-f]{64}$/.test(String(value['public_key'])) &&
      /^[0-9a-f]{128}$/.test(String(value['signature'])) &&
      canonicalJson(value) === text
    )
      return value as unknown as DetachedSignature;
  } catch {
    // It is told below.
  }
  problems.push(`${SIGNATURE_PATH} was changed: it is no signature`);
  return null;
}

/** A byte that is no text makes another text, which is then found to be wrong. */
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
