import type { NodeId, ViewChange, ViewDocument, ViewDocumentKind, ViewRef } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';
import { bootenvDocuments } from '../bootenv/document.js';
import { readDns } from './dns-documents.js';
import { readNetworks } from './network-documents.js';
import { readServices } from './services-document.js';

/** Machines that one statement reads: some megabytes. */
const MACHINES_PER_READ = 2_000;

/** How the documents of each kind are read whole; those of machines are too many for that. */
const READERS: Readonly<Record<Exclude<ViewDocumentKind, 'machine'>, (tx: Transaction) => Promise<ViewDocument[]>>> = {
  network: readNetworks,
  bootenv: bootenvDocuments,
  'name-filter': async (tx) => (await readDns(tx)).filter(({ kind }) => kind === 'name-filter'),
  zone: async (tx) => (await readDns(tx)).filter(({ kind }) => kind === 'zone'),
  services: readServices,
};

/** The ids of documents of a kind that somebody holds, so that those which are gone can be named. */
export type Held = (kind: ViewDocumentKind) => Iterable<string>;

/** Reads again what the references name. A document that is no longer there comes without a body. */
export async function readDocuments(tx: Transaction, refs: Iterable<ViewRef>, held: Held): Promise<ViewChange[]> {
  const nodes = new Set<NodeId>();
  const deployments = new Set<string>();
  const kinds = new Set<ViewDocumentKind>();
  for (const ref of refs) {
    if ('every' in ref) kinds.add(ref.kind);
    else if ('node' in ref) nodes.add(ref.node);
    else deployments.add(ref.deployment);
  }
  const changes: ViewChange[] = [];
  for (const kind of kinds) {
    const there: ViewDocument[] = [];
    if (kind === 'machine') for await (const page of machinePages(tx)) there.push(...page);
    else there.push(...(await READERS[kind](tx)));
    changes.push(...there, ...gone(kind, there, held(kind)));
  }
  if (kinds.has('machine')) return changes;
  for (const deployment of deployments)
    changes.push(...(await tx.bootView.machinesOfDeployment(deployment)).map(machineDocument));
  const wanted = [...nodes];
  for (let from = 0; from < wanted.length; from += MACHINES_PER_READ) {
    const part = wanted.slice(from, from + MACHINES_PER_READ);
    const there = (await tx.bootView.machines(part)).map(machineDocument);
    changes.push(...there, ...gone('machine', there, part));
  }
  return changes;
}

/** All documents of the view, in pages, as one transaction sees them. */
export async function* wholeView(tx: Transaction): AsyncGenerator<readonly ViewDocument[]> {
  for (const read of new Set(Object.values(READERS))) yield await read(tx);
  yield* machinePages(tx);
}

async function* machinePages(tx: Transaction): AsyncGenerator<readonly ViewDocument[]> {
  let after: NodeId | null = null;
  for (;;) {
    const page: ViewDocument[] = (await tx.bootView.machinePage(after, MACHINES_PER_READ)).map(machineDocument);
    if (page.length > 0) yield page;
    if (page.length < MACHINES_PER_READ) return;
    after = page.at(-1)!.id as NodeId;
  }
}

const machineDocument = (body: Awaited<ReturnType<Transaction['bootView']['machines']>>[number]): ViewDocument => ({
  kind: 'machine',
  id: body.node,
  body,
});

function gone(kind: ViewDocumentKind, there: readonly ViewDocument[], asked: Iterable<string>): ViewChange[] {
  const found = new Set(there.map(({ id }) => id));
  return [...asked].filter((id) => !found.has(id)).map((id) => ({ kind, id, body: null }));
}
