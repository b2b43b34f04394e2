import { formatConduit, isRefusal, parseConduit, refuse, refuseConduits, type NetworkId, type Refusal } from '#core';
import { SYSTEM_DEPLOYMENT } from '../installation/install-system.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { NetworkRangeId, NetworkRouterId } from '../ports/model-ids.js';
import type {
  NetworkRoute,
  NetworkView,
  NewNetwork,
  NewRange,
  NewRouter,
  RangeView,
  RouterView,
  DhcpMode,
} from '../ports/network-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { checkNetworkFields, refuseNetwork, refuseNetworkName } from './check-fields.js';
import { ADMIN_NETWORK, addNetworkRole } from './network-role.js';
import { conduitsOf, prepareRange, type RangeInput, type Surroundings } from './prepare-range.js';
import { prepareRouter, type RouterInput } from './prepare-router.js';
import { publishNetwork, tellNetwork } from './publish-network.js';
import { AUTOMATIC, makePrefix, rangesForPrefix } from './v6-prefix.js';

/** Seconds: short for machines that nobody knows, so that the pool does not run dry; longer for those that keep theirs. */
export const POOL_LEASE_SECONDS = 600;
export const RESERVED_LEASE_SECONDS = 7_200;
/** balance-tlb: needs nothing of the switch. */
const TEAM_MODE = 5;
/** Routers and ranges of one network; a call that brings more is a mistake. */
export const RANGES_MAX = 64;

export interface NetworkInput {
  readonly description?: string;
  readonly order?: number;
  readonly category?: string;
  readonly group?: string;
  readonly conduit?: string;
  readonly vlan?: number;
  readonly useVlan?: boolean;
  readonly useBridge?: boolean;
  readonly useTeam?: boolean;
  readonly teamMode?: number;
  readonly configure?: boolean;
  readonly pbr?: string | null;
  /** `auto`, a /64, or null for none. When absent, the admin network has `auto`, others none. */
  readonly v6prefix?: string | null;
  readonly link?: string | null;
  readonly mtu?: number | null;
  readonly domain?: string;
  readonly nameServers?: readonly string[];
  readonly timeServers?: readonly string[];
  readonly routes?: readonly NetworkRoute[];
  readonly dhcp?: DhcpMode;
  readonly byCircuit?: boolean;
  readonly poolLeaseSeconds?: number;
  readonly reservedLeaseSeconds?: number;
}

export interface CreateNetworkInput extends NetworkInput {
  readonly name: string;
  readonly conduit: string;
  /** The system deployment when absent. */
  readonly deployment?: string;
  readonly ranges?: readonly RangeInput[];
  readonly routers?: readonly RouterInput[];
}

export interface WholeNetwork {
  readonly network: NetworkView;
  readonly ranges: readonly RangeView[];
  readonly routers: readonly RouterView[];
}

/** Makes a network with its ranges, its routers and its role, whole or not at all. */
export class CreateNetwork {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'jigs'>) {}

  execute(actor: Actor, input: CreateNetworkInput): Promise<WholeNetwork | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const wrongName = refuseNetworkName(input.name);
      if (wrongName) return wrongName;
      await tx.bindings.keepShape();
      await tx.catalog.lock();
      await tx.networks.lock();
      if (await tx.networks.find(input.name))
        return refuse('already-exists', `there is a network ${input.name} already: give this one another name.`, {
          field: 'name',
        });
      const deployment = await deploymentNamed(tx, input.deployment ?? SYSTEM_DEPLOYMENT);
      if (isRefusal(deployment)) return deployment;
      const id = this.parts.ids.next<NetworkId>();
      const prepared = await this.prepare(tx, id, input);
      if (isRefusal(prepared)) return prepared;
      const roleId = await addNetworkRole(tx, this.parts, { id, name: input.name });
      if (isRefusal(roleId)) return roleId;

      await tx.networks.insert({ ...prepared.fields, id, name: input.name, deploymentId: deployment.id, roleId });
      for (const range of prepared.ranges) await tx.networks.insertRange(range);
      for (const router of prepared.routers) await tx.networks.insertRouter(router);
      const network = (await tx.networks.find(id)) as NetworkView;
      await publishNetwork(tx, network);
      tellNetwork(tx, 'created', network);
      return wholeNetwork(tx, network);
    });
  }

  private async prepare(
    tx: Transaction,
    id: NetworkId,
    input: CreateNetworkInput,
  ): Promise<
    | { fields: Omit<NewNetwork, 'id' | 'name' | 'deploymentId' | 'roleId'>; ranges: NewRange[]; routers: NewRouter[] }
    | Refusal
  > {
    const { name } = input;
    const conduit = parseConduit(input.conduit);
    if (isRefusal(conduit)) return conduit;
    const isAdmin = name === ADMIN_NETWORK;
    const category = input.category ?? (isAdmin ? 'admin' : 'general');
    const fields = checkNetworkFields(
      {
        description: input.description ?? '',
        order: input.order ?? 0,
        category,
        group: input.group ?? 'default',
        conduit: formatConduit(conduit),
        vlan: input.vlan ?? 0,
        useVlan: input.useVlan ?? false,
        useBridge: input.useBridge ?? false,
        useTeam: input.useTeam ?? false,
        teamMode: input.teamMode ?? TEAM_MODE,
        configure: input.configure ?? true,
        pbr: input.pbr ?? null,
        ownLink: input.link ?? null,
        mtu: input.mtu ?? null,
        domain: input.domain ?? '',
        nameServers: input.nameServers ?? [],
        timeServers: input.timeServers ?? [],
        routes: input.routes ?? [],
        dhcp: input.dhcp ?? (category === 'admin' ? 'serve' : 'off'),
        byCircuit: input.byCircuit ?? false,
        poolLeaseSeconds: input.poolLeaseSeconds ?? POOL_LEASE_SECONDS,
        reservedLeaseSeconds: input.reservedLeaseSeconds ?? RESERVED_LEASE_SECONDS,
      },
      name,
    );
    if (isRefusal(fields)) return fields;
    const prefix = await makePrefix(tx, input.v6prefix === undefined ? (isAdmin ? AUTOMATIC : null) : input.v6prefix);
    if (isRefusal(prefix)) return prefix;
    const around = await surroundings(tx);
    const wrong =
      refuseNetwork({ ...fields, ...prefix }, name) ??
      refuseConduits({ what: `network ${name}`, conduit: fields.conduit }, conduitsOf(around));
    if (wrong) return wrong;

    const given = input.ranges ?? [];
    if (given.length > RANGES_MAX || (input.routers?.length ?? 0) > RANGES_MAX)
      return refuse('too-large', `a network has at most ${RANGES_MAX} ranges and routers.`, { field: 'ranges' });
    const host = { ...fields, id, name };
    const withPool = category === 'admin';
    const ranges: NewRange[] = [];
    for (const one of [...given, ...rangesForPrefix(prefix.v6prefix, { withPool, given })]) {
      const range = prepareRange(this.parts.ids.next<NetworkRangeId>(), host, one, {
        networks: [...around.networks, host],
        ranges: [...around.ranges, ...ranges.map((other) => asView(other, host))],
        routers: around.routers,
      });
      if (isRefusal(range)) return range;
      ranges.push(range);
    }
    const routers: NewRouter[] = [];
    for (const one of input.routers ?? []) {
      const router = prepareRouter(this.parts.ids.next<NetworkRouterId>(), host, one, { ranges, routers });
      if (isRefusal(router)) return router;
      routers.push(router);
    }
    return { fields: { ...fields, ...prefix }, ranges, routers };
  }
}

export const wholeNetwork = async (tx: Transaction, network: NetworkView): Promise<WholeNetwork> => ({
  network,
  ranges: await tx.networks.ranges([network.id]),
  routers: await tx.networks.routers([network.id]),
});

/** Everything that a new or changed network, range or router has to get along with. */
export const surroundings = async (tx: Transaction): Promise<Surroundings> => ({
  networks: await tx.networks.all(),
  ranges: await tx.networks.ranges(),
  routers: await tx.networks.routers(),
});

/** A range that is about to be written, among those that are. */
export const asView = (
  range: NewRange,
  network: { readonly name: string; readonly category: string; readonly group: string },
): RangeView => ({
  ...range,
  network: network.name,
  category: network.category,
  group: network.group,
  family: range.first.includes(':') ? 6 : 4,
  subnet: '',
  allocated: 0,
  version: 1,
});
