import type { BuiltImage, ImageName } from '#images';
import type { Client } from '../client/client.js';
import { homeOf } from '../client/home.js';
import { ApiProblem } from '../client/problem.js';
import { patchOne } from '../resource/update.js';
import type { BuildImage } from './build-discovery.js';

/** An operating system as an image: built, put among the boot files, and registered, or registered anew. */
export const buildDebianImage =
  (name: ImageName): BuildImage =>
  async (invocation, { architecture, kernel, refresh, only, packages }) => {
    if (architecture !== 'amd64') throw new Error('images of operating systems are built for amd64 only');
    const { buildOsImage, debianImage, placeOsImage } = await import('#images');
    const begun = Date.now();
    const built = await buildOsImage(debianImage(name, { kernel, packages }), {
      refresh,
      log: (line) => invocation.progress.line(line),
    });
    const { manifest } = built;
    const result = {
      image: name,
      kernel: manifest.kernel,
      sha256: manifest.sha256,
      bytes: manifest.bytes,
      raw_bytes: manifest.rawBytes,
      packages: manifest.packages.length,
      fresh: built.isNew,
      seconds: Math.round((Date.now() - begun) / 100) / 10,
    };
    if (only) return { ...result, content: built.content };
    await placeOsImage(homeOf(invocation.terminal.env), built);
    return { ...result, ...(await register(invocation.client, built)) };
  };

/** Makes the image known, or gives the one of this name the new content. */
export async function register(
  client: Client,
  { manifest }: Pick<BuiltImage, 'manifest'>,
): Promise<{ errors: unknown }> {
  const body = {
    description: `${manifest.os.family} ${manifest.os.version} (${manifest.os.codename}) with ${manifest.kernel}`,
    os: manifest.os,
    sha256: manifest.sha256,
    bytes: manifest.bytes,
    raw_bytes: manifest.rawBytes,
    compression: manifest.compression,
    layouts: manifest.layouts,
    firmware: manifest.firmware,
  };
  const routes = { show: 'images.show', patch: 'images.patch' } as const;
  const changed = await patchOne(client, routes, manifest.name, body).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  });
  if (changed) return { errors: changed['errors'] };
  const { body: made } = await client.send<Record<string, unknown>>('images.create', {
    body: { ...body, name: manifest.name, kind: 'image', bootenv: 'install' },
  });
  return { errors: made['errors'] };
}
