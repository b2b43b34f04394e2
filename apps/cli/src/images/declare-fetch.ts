import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { ImageManifest } from '#images';
import { homeOf } from '../client/home.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, Stop, usage } from '../exit.js';
import { register } from './build-os-image.js';

/** A manifest is a few kilobytes, with the list of packages. */
const MANIFEST_BYTES_MAX = 4_194_304;
const MANIFEST_MS_MAX = 30_000;
/** Longest time without a single byte, in milliseconds. */
const SILENT_MS_MAX = 60_000;
const DIGEST = /^[0-9a-f]{64}$/;

interface FetchOptions {
  readonly sha256?: string;
}

/** `anneal images fetch`: takes in an image that was built elsewhere, checked against its digest while it comes. */
export const declareFetch = (images: Command, terminal: Terminal): void => {
  leaf<FetchOptions>(images, terminal, {
    usage: 'fetch <address>',
    summary: 'take in an image that was built elsewhere, by the address of its manifest',
    says: 'What `anneal images build` keeps of an image is a folder with a manifest.json and the content beside it; any web server can offer it. Nothing is taken in whose digest is another one.',
    options: [['--sha256 <digest>', 'what the content must be; else what the manifest says']],
    examples: ['anneal images fetch http://mirror.example/images/debian-12/manifest.json'],
    run: async (invocation, [address], { sha256 }) => {
      if (sha256 !== undefined && !DIGEST.test(sha256)) throw usage('--sha256 is no digest.', 'It has 64 hex digits.');
      const url = new URL(String(address));
      const { CONTENT_FILE, placeOsImage } = await import('#images');
      const manifest = await readManifest(url);
      if (sha256 !== undefined && manifest.sha256 !== sha256)
        throw new Stop(EXIT.failed, `${url.href} is of the image ${manifest.sha256}, and ${sha256} was asked for.`);
      const home = homeOf(invocation.terminal.env);
      const waiting = join(home, 'boot');
      await mkdir(waiting, { recursive: true });
      const folder = await mkdtemp(join(waiting, '.fetch-'));
      try {
        const content = join(folder, CONTENT_FILE);
        const report = (percent: number): void =>
          invocation.progress.line(`${manifest.name}: ${percent} % of ${Math.round(manifest.bytes / 1e6)} MB`);
        await download(new URL(CONTENT_FILE, url), content, manifest, report);
        invocation.progress.line(`${manifest.name}: the digest is right`);
        await placeOsImage(home, { content, manifest, folder, isNew: true });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      const { name: image, bytes, rawBytes: raw_bytes } = manifest;
      await invocation.printer.document({
        image,
        sha256: manifest.sha256,
        bytes,
        raw_bytes,
        ...(await register(invocation.client, { manifest })),
      });
    },
  });
};

const readManifest = async (url: URL): Promise<ImageManifest> => {
  const reply = await fetch(url, { signal: AbortSignal.timeout(MANIFEST_MS_MAX) });
  const text = reply.ok ? await reply.text() : '';
  if (text === '' || text.length > MANIFEST_BYTES_MAX)
    throw new Stop(EXIT.failed, `${url.href} answers ${reply.status}: there is no manifest.`);
  const manifest = parsed(text);
  const isWhole =
    typeof manifest?.name === 'string' &&
    DIGEST.test(manifest.sha256 ?? '') &&
    Number.isSafeInteger(manifest.bytes) &&
    Number.isSafeInteger(manifest.rawBytes);
  if (!isWhole) throw new Stop(EXIT.failed, `${url.href} is no manifest of an image.`);
  return manifest as ImageManifest;
};

const parsed = (text: string): Partial<ImageManifest> | null => {
  try {
    return JSON.parse(text) as Partial<ImageManifest>;
  } catch {
    return null;
  }
};

const download = async (
  url: URL,
  target: string,
  { sha256, bytes }: ImageManifest,
  report: (percent: number) => void,
): Promise<void> => {
  const silent = new AbortController();
  const watch = setTimeout(() => silent.abort(new Error(`${url.host} went silent`)), SILENT_MS_MAX);
  const digest = createHash('sha256');
  let got = 0;
  let told = -1;
  const counted = new Transform({
    transform(piece: Buffer, _, done) {
      watch.refresh();
      got += piece.length;
      digest.update(piece);
      const percent = Math.floor((100 * got) / Math.max(1, bytes));
      if (percent > told && percent <= 100) report((told = percent));
      done(got > bytes ? new Error(`it has more than the ${bytes} bytes that its manifest says`) : null, piece);
    },
  });
  try {
    const reply = await fetch(url, { signal: silent.signal });
    if (!reply.ok || !reply.body) throw new Error(`${url.href} answers ${reply.status}`);
    await pipeline(reply.body, counted, createWriteStream(target));
  } finally {
    clearTimeout(watch);
  }
  const found = digest.digest('hex');
  if (found !== sha256)
    throw new Stop(
      EXIT.failed,
      `${url.href} is damaged: its digest is ${found}, and ${sha256} was expected. Nothing was taken in.`,
    );
};
