import type { Json } from '#core';
import type { CreateNetworkInput } from '../network/create-network.js';
import type { NewDnsZone, NewExternalService } from '../ports/dns-store.js';

/**
 * A site in one piece: what the install wizard makes and `anneal apply` takes as a file. It says what should be there; what
 * it does not name stays as it is.
 */
export interface Site {
  /** This host. It is made when it is not there, with its bootstrap roles committed; one that is there stays. */
  readonly adminNode?: { readonly name: string };
  readonly networks?: readonly CreateNetworkInput[];
  readonly dnsZones?: readonly Omit<NewDnsZone, 'id'>[];
  readonly externalServices?: readonly Omit<NewExternalService, 'id'>[];
  readonly settings?: Readonly<Record<string, Json>>;
  /** Values for all nodes: by role, then by attribute. */
  readonly attribs?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** What became, or would become, of one part of a site. */
export interface SiteChange {
  /** `network admin`, `setting event_days`. */
  readonly what: string;
  readonly change: 'made' | 'changed' | 'same';
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

/** The fields that are said and differ; comparing is by value. */
export const differing = (
  said: Readonly<Record<string, unknown>>,
  there: Readonly<Record<string, unknown>>,
): SiteChange['fields'] =>
  Object.entries(said)
    .filter(([field, after]) => after !== undefined && JSON.stringify(there[field]) !== JSON.stringify(after))
    .map(([field, after]) => ({ field, before: there[field] ?? null, after }));
