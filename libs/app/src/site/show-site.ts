import { isRefusal, sameJson, valueAt, type Json } from '#core';
import { placed } from '../attrib/placed.js';
import type { ModelParts } from '../model-parts.js';
import type { NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { SETTING_KEYS, SETTINGS } from '../setting/settings.js';
import type { Site } from './site.js';

/** Rows of a kind that a site has; one with more is no site that was made by hand. */
const ROWS_MAX = 1_000;

/** Shows the site as the document that makes it. Settings that are as they come are left out. */
export class ShowSite {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(): Promise<Site> {
    return this.parts.unitOfWork.read(async (tx) => {
      const admins = await tx.nodes.list({ limit: 1, filter: [{ field: 'admin', operator: 'eq', value: 'true' }] });
      const node = isRefusal(admins) ? undefined : admins.items[0];
      const stored = new Map((await tx.settings.all()).map(({ key, value }) => [key, value]));
      const settings = Object.fromEntries(
        SETTING_KEYS.filter((key) => stored.has(key) && stored.get(key) !== SETTINGS[key].fallback).map((key) => [
          key,
          stored.get(key) ?? null,
        ]),
      );
      const zones = await tx.dnsZones.all();
      const services = await tx.externalServices.all();
      const attribs = await attribsOf(tx);
      return {
        ...(node ? { adminNode: { name: node.name } } : {}),
        networks: await networksOf(tx),
        dnsZones: zones.slice(0, ROWS_MAX).map(({ domain, ttl, forwarders, clients, forwardFor }) => ({
          domain,
          ttl,
          forwarders,
          clients,
          forwardFor,
        })),
        externalServices: services
          .slice(0, ROWS_MAX)
          .map(({ name, kind, addresses, networks }) => ({ name, kind, addresses, networks })),
        ...(Object.keys(settings).length > 0 ? { settings } : {}),
        ...(Object.keys(attribs).length > 0 ? { attribs } : {}),
      };
    });
  }
}

/** What somebody has set for all nodes, by role: where the role says otherwise than its barclamp brought along. */
const attribsOf = async (tx: Transaction): Promise<NonNullable<Site['attribs']>> => {
  const found: Record<string, Record<string, Json>> = {};
  const barclamps = await tx.barclamps.list({ limit: ROWS_MAX });
  for (const { id } of isRefusal(barclamps) ? [] : barclamps.items)
    for (const [name, { stored, imported }] of await tx.catalog.templates(id)) {
      if (sameJson(stored, imported)) continue;
      const role = await tx.roles.find(name);
      for (const declared of role ? await tx.attribs.declared(role.id) : []) {
        const { path } = placed(declared);
        const value = valueAt(stored, path);
        if (
          !declared.writable ||
          declared.secret ||
          value === undefined ||
          sameJson(value, valueAt(imported, path) ?? null)
        )
          continue;
        found[name] = { ...found[name], [declared.name]: value };
      }
    }
  return found;
};

const networksOf = async (tx: Transaction) => {
  const networks = (await tx.networks.all()).slice(0, ROWS_MAX);
  const ranges = await tx.networks.ranges();
  const routers = await tx.networks.routers();
  return networks.map((network) =>
    asDocument(
      network,
      ranges.filter(({ networkId }) => networkId === network.id),
      routers.filter(({ networkId }) => networkId === network.id),
    ),
  );
};

const asDocument = (network: NetworkView, ranges: readonly RangeView[], routers: readonly RouterView[]) => {
  const { name, description, order, category, group, conduit, vlan, useVlan, useBridge, useTeam, teamMode } = network;
  const { configure, pbr, v6prefix, ownLink: link, mtu, domain, nameServers, timeServers, routes, dhcp } = network;
  const { byCircuit, poolLeaseSeconds, reservedLeaseSeconds, deployment } = network;
  return {
    ...{ name, description, order, category, group, deployment, conduit, vlan, useVlan, useBridge, useTeam, teamMode },
    ...{ configure, pbr, v6prefix, link, mtu, domain, nameServers, timeServers, routes, dhcp, byCircuit },
    ...{ poolLeaseSeconds, reservedLeaseSeconds },
    ranges: ranges.map((range) => ({
      name: range.name,
      first: `${range.first}/${range.prefixLength}`,
      last: `${range.last}/${range.prefixLength}`,
      overlap: range.overlap,
      ...range.attachment,
    })),
    routers: routers.map(({ address, pref }) => ({ address, pref })),
  };
};
