import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadShipped } from '#catalog';
import { CHECKOUT } from '#runtime';
import { readManifests } from '../../../apps/cli/src/manifest/read.js';
import { ACTOR, ok, type World } from '../model/world.js';

/** Where the flavours of a cloud are. */
export const FLAVOURS_FOLDER = join(CHECKOUT, 'deploy/lab/cloud');

export type ShippedRole = Awaited<ReturnType<typeof loadShipped>>[number]['roles'][number];

/** Imports the shipped barclamps that a cloud is made of, and gives their roles. */
export const importCloud = async (world: World): Promise<readonly ShippedRole[]> => {
  const ground = new Set(['openstack_base']);
  const documents = (await loadShipped()).filter(({ name, requires }) => {
    if (requires.some((needed) => ground.has(needed))) ground.add(name);
    return ground.has(name);
  });
  for (const document of documents) ok(await world.importBarclamp.execute(ACTOR, document as never));
  return documents.flatMap((document) => document.roles);
};

export const manifestOf = (file: string) => readManifests(readFileSync(join(FLAVOURS_FOLDER, file), 'utf8'), file)[0]!;
