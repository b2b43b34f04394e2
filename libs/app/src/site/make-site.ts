import { isRefusal, type Json, type Refusal } from '#core';
import { editRows } from '../dns/edit-rows.js';
import { EXTERNAL_SERVICES } from '../dns/external-services.js';
import { DNS_ZONES } from '../dns/zones.js';
import { SetAttrib } from '../attrib/set-attrib.js';
import { ReadAttrib } from '../attrib/read-attribs.js';
import type { ModelParts } from '../model-parts.js';
import { CreateNode } from '../node/create-node.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { ChangeSetting } from '../setting/change-settings.js';
import { WithinTransaction } from '../within-transaction.js';
import { makeNetwork } from './make-network.js';
import { differing, type Site, type SiteChange } from './site.js';

export type SiteParts = Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'schemas' | 'vetoes' | 'jigs' | 'sealed'>;

/**
 * Makes a site what the document says, in the caller's transaction, with the same use cases that the parts are made by one
 * by one. The first refusal is the answer, and names the part it is about.
 */
export const makeSite = async (
  tx: Transaction,
  parts: SiteParts,
  actor: Actor,
  site: Site,
): Promise<SiteChange[] | Refusal> => {
  const within = { ...parts, unitOfWork: new WithinTransaction(tx) };
  const changes: SiteChange[] = [];
  const add = (what: string, made: SiteChange['fields'] | 'made' | Refusal): Refusal | null => {
    if (made === 'made') changes.push({ what, change: 'made', fields: [] });
    else if (isRefusal(made)) return { ...made, detail: `${what}: ${made.detail}` };
    else changes.push({ what, change: made.length > 0 ? 'changed' : 'same', fields: made });
    return null;
  };

  for (const [key, value] of Object.entries(site.settings ?? {})) {
    const refusal = add(`setting ${key}`, await setSetting(tx, within, actor, key, value));
    if (refusal) return refusal;
  }
  for (const [role, attribs] of Object.entries(site.attribs ?? {}))
    for (const [attrib, value] of Object.entries(attribs)) {
      const refusal = add(`attribute ${attrib} of role ${role}`, await setOfRole(within, actor, role, attrib, value));
      if (refusal) return refusal;
    }
  for (const service of site.externalServices ?? []) {
    const { create, update } = editRows(within, EXTERNAL_SERVICES);
    const there = await tx.externalServices.find(service.name);
    const refusal = add(
      `external service ${service.name}`,
      await makeRow(
        service,
        there,
        () => create.execute(actor, service),
        (change) => update.execute(actor, { key: service.name, change }),
      ),
    );
    if (refusal) return refusal;
  }
  for (const network of site.networks ?? []) {
    const refusal = add(`network ${network.name}`, await makeNetwork(tx, within, actor, network));
    if (refusal) return refusal;
  }
  for (const zone of site.dnsZones ?? []) {
    const { create, update } = editRows(within, DNS_ZONES);
    const there = await tx.dnsZones.find(zone.domain);
    const refusal = add(
      `zone ${zone.domain}`,
      await makeRow(
        zone,
        there,
        () => create.execute(actor, zone),
        (change) => update.execute(actor, { key: there?.id ?? zone.domain, change }),
      ),
    );
    if (refusal) return refusal;
  }
  if (site.adminNode) {
    const { name } = site.adminNode;
    const there = await tx.nodes.find(name.toLowerCase());
    const made = there
      ? []
      : await new CreateNode(within).execute(actor, {
          name,
          admin: true,
          alive: true,
          probed: false,
          commit: true,
          description: 'The host that Anneal runs on.',
        });
    const refusal = add(`admin node ${name}`, isRefusal(made) ? made : there ? [] : 'made');
    if (refusal) return refusal;
  }
  return changes;
};

/** A row that is made when it is not there, and otherwise given the fields that differ. */
const makeRow = async <Row extends object>(
  said: Row,
  there: object | null,
  create: () => Promise<object | Refusal>,
  update: (change: Partial<Row>) => Promise<object | Refusal>,
): Promise<SiteChange['fields'] | 'made' | Refusal> => {
  if (!there) {
    const made = await create();
    return isRefusal(made) ? made : 'made';
  }
  const fields = differing(said as Record<string, unknown>, there as Record<string, unknown>);
  if (fields.length === 0) return fields;
  const changed = await update(Object.fromEntries(fields.map(({ field, after }) => [field, after])) as Partial<Row>);
  return isRefusal(changed) ? changed : fields;
};

/** The value that holds for all nodes where nobody says otherwise. */
const setOfRole = async (
  parts: Pick<SiteParts, 'unitOfWork' | 'schemas'>,
  actor: Actor,
  role: string,
  attrib: string,
  value: Json,
): Promise<SiteChange['fields'] | Refusal> => {
  const before = await new ReadAttrib(parts).execute({ role }, attrib);
  if (isRefusal(before)) return before;
  const set = await new SetAttrib(parts).execute(actor, { target: { role }, attrib, value });
  if (isRefusal(set)) return set;
  return set.changed
    ? [{ field: attrib, before: before.isSet ? before.value : null, after: before.secret ? '…' : value }]
    : [];
};

const setSetting = async (
  tx: Transaction,
  parts: SiteParts,
  actor: Actor,
  key: string,
  value: Json,
): Promise<SiteChange['fields'] | Refusal> => {
  const there = await tx.settings.get(key);
  const fields = differing({ value }, { value: there?.value ?? null });
  if (fields.length === 0) return fields;
  const changed = await new ChangeSetting(parts).execute(actor, { key, value });
  return isRefusal(changed) ? changed : fields;
};
