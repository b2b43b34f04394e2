import { isRefusal, type Refusal } from '#core';
import { CreateRange, UpdateRange } from '../network/change-ranges.js';
import { CreateRouter, UpdateRouter } from '../network/change-routers.js';
import { CreateNetwork, type CreateNetworkInput } from '../network/create-network.js';
import { UpdateNetwork } from '../network/update-network.js';
import type { NetworkView } from '../ports/network-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import type { SiteParts } from './make-site.js';
import { differing, type SiteChange } from './site.js';

/**
 * A network that is made whole when it is not there. One that is there gets the fields that are said and differ; its ranges
 * are matched by name, its routers by subnet, and what the document does not name stays.
 */
export const makeNetwork = async (
  tx: Transaction,
  parts: SiteParts,
  actor: Actor,
  wanted: CreateNetworkInput,
): Promise<SiteChange['fields'] | 'made' | Refusal> => {
  const there = await tx.networks.find(wanted.name);
  if (!there) {
    const made = await new CreateNetwork(parts).execute(actor, wanted);
    return isRefusal(made) ? made : 'made';
  }
  const { name, deployment: _, ranges = [], routers = [], ...said } = wanted;
  const fields = [...differing(withoutAutomatic(said, there), asSaid(there))];
  if (fields.length > 0) {
    const change = Object.fromEntries(fields.map(({ field, after }) => [field, after]));
    const changed = await new UpdateNetwork(parts).execute(actor, { ...change, network: name });
    if (isRefusal(changed)) return changed;
  }
  const rangesThere = new Map((await tx.networks.ranges([there.id])).map((range) => [range.name, range]));
  for (const range of ranges) {
    const known = rangesThere.get(range.name);
    const ends = known && {
      first: `${known.first}/${known.prefixLength}`,
      last: `${known.last}/${known.prefixLength}`,
    };
    const differs = ends ? differing({ first: range.first, last: range.last }, ends) : null;
    if (differs?.length === 0) continue;
    const made = known
      ? await new UpdateRange(parts).execute(actor, { range: known.id, first: range.first, last: range.last })
      : await new CreateRange(parts).execute(actor, { ...range, network: name });
    if (isRefusal(made)) return made;
    fields.push({
      field: `range ${range.name}`,
      before: ends ?? null,
      after: { first: range.first, last: range.last },
    });
  }
  const routersThere = await tx.networks.routers([there.id]);
  for (const router of routers) {
    if (routersThere.some(({ address }) => address === router.address)) continue;
    const other = routersThere.find(({ family }) => family === (router.address.includes(':') ? 6 : 4));
    const made = other
      ? await new UpdateRouter(parts).execute(actor, { router: other.id, ...router })
      : await new CreateRouter(parts).execute(actor, { ...router, network: name });
    if (isRefusal(made)) return made;
    fields.push({ field: 'router', before: other?.address ?? null, after: router.address });
  }
  return fields;
};

/** A prefix that was made by itself is what `auto` asks for. */
const withoutAutomatic = <Said extends { readonly v6prefix?: string | null }>(
  { v6prefix, ...said }: Said,
  there: NetworkView,
): Record<string, unknown> =>
  v6prefix === undefined || (v6prefix === 'auto' && there.v6SubnetId !== null) ? said : { ...said, v6prefix };

/** As a document says it. */
const asSaid = ({ ownLink, ...network }: NetworkView): Record<string, unknown> => ({ ...network, link: ownLink });
