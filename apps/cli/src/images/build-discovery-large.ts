import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { homeOf } from '../client/home.js';
import type { BuildImage } from './build-discovery.js';
import { publishDiscovery, refuseOtherArchitecture } from './publish-discovery.js';

/** Boots the small system, and goes on to the large one. */
const LARGE_BOOTENVS = ['discovery-large'];

/** The second stage of the discovery system, and the small one that fetches it. */
export const buildDiscoveryLargeImage: BuildImage = async (invocation, { architecture, kernel, refresh, only }) => {
  if (!only) refuseOtherArchitecture(architecture, LARGE_BOOTENVS);
  const { buildDiscoveryLarge, describeSecondStage, placeBootFiles } = await import('#images');
  const begun = Date.now();
  const image = await buildDiscoveryLarge({
    architecture,
    kernel,
    refresh,
    log: (line) => invocation.progress.line(line),
  });
  const built = {
    image: 'discovery-large',
    architecture,
    release: image.release,
    squashfs_bytes: image.squashfs.bytes,
    fresh: image.fresh,
    seconds: Math.round((Date.now() - begun) / 100) / 10,
  };
  if (only) return { ...built, squashfs: image.squashfs.path };
  const home = homeOf(invocation.terminal.env);
  const [placed] = await placeBootFiles(home, `discovery-large-${architecture}-${kernel}`, {
    squashfs: image.squashfs,
  });
  const folder = await mkdtemp(join(tmpdir(), 'anneal-second-stage-'));
  try {
    const told = await describeSecondStage(image.squashfs, `/files/${placed!.path}`, join(folder, 'second-stage'));
    const published = await publishDiscovery(invocation.client, home, image, LARGE_BOOTENVS, { 'second-stage': told });
    return { ...built, ...published };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
