import { formatConduit, isRefusal, parseConduit, refuse, refuseAttachment, refuseConduits, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NetworkRangeId } from '../ports/model-ids.js';
import type { NetworkFields, NetworkView, RangeView } from '../ports/network-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { checkNetworkFields, refuseNetwork, type WritableFields } from './check-fields.js';
import { surroundings, wholeNetwork, type NetworkInput, type WholeNetwork } from './create-network.js';
import { networkNamed } from './network-named.js';
import { conduitsOf, inherit, prepareRange, type Surroundings } from './prepare-range.js';
import { publishNetwork, tellNetwork } from './publish-network.js';
import { AUTOMATIC, makePrefix, rangesForPrefix, type MadePrefix } from './v6-prefix.js';

export interface UpdateNetworkInput extends NetworkInput {
  readonly network: string;
  readonly version?: number;
}

/** Changes a network. Its name stays: a role, attributes and hints are named after it. */
export class UpdateNetwork {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: UpdateNetworkInput): Promise<WholeNetwork | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      await tx.networks.lock();
      const network = await networkNamed(tx, input.network, { lock: true });
      if (isRefusal(network)) return network;
      const stale = refuseStale(`network ${network.name}`, network, input.version);
      if (stale) return stale;
      const change = readChange(input, network.name);
      if (isRefusal(change)) return change;
      const around = await surroundings(tx);
      const prefix = await this.changePrefix(tx, network, input.v6prefix, around);
      if (isRefusal(prefix)) return prefix;
      const after: NetworkView = { ...network, ...change, ...prefix };
      const wrong = refuseNetwork(after, network.name) ?? refuseAround(network, after, around);
      if (wrong) return wrong;

      const fields: Partial<NetworkFields> = { ...change, ...prefix };
      await tx.networks.update(network.id, fields);
      const now = (await tx.networks.find(network.id)) as NetworkView;
      await publishNetwork(tx, now);
      tellNetwork(tx, 'changed', now, { fields: Object.keys(fields).map(snake) });
      return wholeNetwork(tx, now);
    });
  }

  /** Ranges come and go with their prefix; one that nodes have addresses of stays. */
  private async changePrefix(
    tx: Transaction,
    network: NetworkView,
    wanted: string | null | undefined,
    around: Surroundings,
  ): Promise<Partial<MadePrefix> | Refusal> {
    const isSame = wanted === network.v6prefix || (wanted === AUTOMATIC && network.v6SubnetId !== null);
    if (wanted === undefined || isSame) return {};
    const made = await makePrefix(tx, wanted);
    if (isRefusal(made)) return made;
    if (made.v6prefix !== null && made.v6prefix === network.v6prefix) return made;
    const old = around.ranges.filter((range) => range.networkId === network.id && isOfPrefix(range, network));
    const inUse = old.find(({ allocated }) => allocated > 0);
    if (inUse)
      return refuse(
        'still-bound',
        `${inUse.allocated} nodes have addresses of range ${inUse.name} of network ${network.name}: release these first, then change the prefix.`,
        { field: 'v6prefix', range: inUse.name },
      );
    for (const { id } of old) await tx.networks.deleteRange(id);
    const gone = new Set(old.map(({ id }) => id));
    const ranges = around.ranges.filter(({ id }) => !gone.has(id));
    const given = ranges
      .filter(({ networkId }) => networkId === network.id)
      .map(({ name, first, last }) => ({ name, first, last }));
    for (const one of rangesForPrefix(made.v6prefix, { withPool: network.category === 'admin', given })) {
      const range = prepareRange(this.parts.ids.next<NetworkRangeId>(), network, one, { ...around, ranges });
      if (isRefusal(range)) return range;
      await tx.networks.insertRange(range);
    }
    return made;
  }
}

const isOfPrefix = (range: RangeView, network: NetworkView): boolean =>
  (range.name === 'host-v6' || range.name === 'dhcp-v6') && range.subnet === network.v6prefix;

const readChange = (input: UpdateNetworkInput, name: string): Partial<WritableFields> | Refusal => {
  const { network: _network, version: _version, v6prefix: _prefix, link, conduit: text, ...rest } = input;
  const conduit = text === undefined ? undefined : parseConduit(text);
  if (isRefusal(conduit)) return conduit;
  const given = {
    ...rest,
    ...(conduit ? { conduit: formatConduit(conduit) } : {}),
    ...(link === undefined ? {} : { ownLink: link }),
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return checkNetworkFields(present as Partial<WritableFields>, name);
};

/** Whether the change leaves its ranges, and those that share cards with it, as they may be. */
const refuseAround = (before: NetworkView, after: NetworkView, around: Surroundings): Refusal | null => {
  const ranges = around.ranges.filter(({ networkId }) => networkId === after.id);
  for (const { name, attachment } of ranges) {
    const wrong = refuseAttachment(`range ${name} of network ${after.name}`, inherit(after, attachment));
    if (wrong) return wrong;
  }
  const sharing = ranges.find(({ overlap }) => overlap);
  if (after.configure && sharing)
    return refuse(
      'conflict',
      `range ${sharing.name} of network ${after.name} may share addresses with others, which a network that Anneal configures cannot have: move or delete it first.`,
      { field: 'configure' },
    );
  if (before.conduit === after.conduit) return null;
  return refuseConduits(
    { what: `network ${after.name}`, conduit: after.conduit },
    conduitsOf({ ...around, networks: around.networks.filter(({ id }) => id !== after.id) }),
  );
};

const snake = (field: string): string => {
  if (field === 'ownLink') return 'link';
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
};
