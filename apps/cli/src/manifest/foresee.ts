import type { Client } from '../client/client.js';
import { asksForEdits, differenceOf, differsVisibly, type Difference } from './difference.js';
import { checkAttribs, readLive } from './live.js';
import type { Manifest } from './manifest.js';
import { changesNothing, type Preview } from './preview.js';

/** What an apply would come to: the difference, and what the server says would follow from it. */
export interface Foreseen {
  readonly manifest: Manifest;
  readonly difference: Difference;
  readonly preview: Preview;
  /** False when nothing would change. */
  readonly differs: boolean;
}

export interface ForeseeOptions {
  readonly prune: boolean;
  /** As in a commit's body. */
  readonly rollout: Readonly<Record<string, number | string>> | null;
}

/** Compares a manifest with what is there and asks the server what an apply would do. Changes nothing. */
export const foresee = async (
  client: Client,
  manifest: Manifest,
  { prune, rollout }: ForeseeOptions,
): Promise<Foreseen> => {
  await checkAttribs(client, manifest);
  const difference = differenceOf(manifest, await readLive(client, manifest, { prune }));
  const params = { key: manifest.name };
  const options = rollout ? { rollout } : {};
  const preview = asksForEdits(difference)
    ? (await client.send<Preview>('wishes.preview', { params, body: { ...wishOf(difference), ...options } })).body
    : (await client.send<Preview>('deployments.preview', { params, body: options })).body;
  const differs = differsVisibly(difference) || !changesNothing(preview);
  return { manifest, difference, preview, differs };
};

/** The body of a wish: only what is not so yet. */
export const wishOf = ({ as, move, bind, unbind, roles, nodeRoles }: Difference): Record<string, unknown> => ({
  ...(Object.keys(as).length === 0 ? {} : { as }),
  ...(move.length === 0 ? {} : { members: move.map(({ node }) => node) }),
  ...(bind.length === 0 ? {} : { bind }),
  ...(unbind.length === 0 ? {} : { unbind }),
  ...(roles.length === 0 ? {} : { deployment_roles: roles }),
  ...(nodeRoles.length === 0
    ? {}
    : { node_roles: nodeRoles.map(({ nodeRole, data }) => ({ node_role: nodeRole, data })) }),
});
