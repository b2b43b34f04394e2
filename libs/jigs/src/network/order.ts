import { createHash } from 'node:crypto';
import {
  networkDifferenceOf,
  isEmptyNetworkDifference,
  renderNetwork,
  type ConfigFamily,
  type NetworkDifference,
  type NetworkPlan,
  type NetworkFiles,
} from '#core';
import type { RoleFile } from '#app';
import type { NodeFacts } from './facts.js';

/** Hexadecimal digits: enough to tell the orders of one node apart. */
const DIGEST_LENGTH = 16;

/** What a node is told to do, or that there is nothing to do. */
export interface NetworkOrder {
  readonly difference: NetworkDifference;
  readonly rendered: NetworkFiles;
  /** Files of ours that are not wanted any more. */
  readonly removed: readonly string[];
  readonly nothingToDo: boolean;
  /** The same for orders that end in the same files. */
  readonly digest: string;
}

/** Works out what is to be written and removed on a node. What is written as it should be is left alone. */
export function orderFor(plan: NetworkPlan, family: ConfigFamily, facts: NodeFacts): NetworkOrder {
  const difference = networkDifferenceOf(plan, facts.present);
  const rendered = renderNetwork(family, plan, facts.resolver);
  const paths = new Set(rendered.files.map(({ path }) => path));
  const removed = [...facts.files]
    .filter(([path, digest]) => !paths.has(path) && digest !== null)
    .map(([path]) => path);
  const asWritten = rendered.files.every(({ path, content }) => facts.files.get(path) === sha256(content));
  return {
    difference,
    rendered,
    removed,
    nothingToDo: isEmptyNetworkDifference(difference) && removed.length === 0 && asWritten,
    digest: sha256(JSON.stringify([family, rendered])).slice(0, DIGEST_LENGTH),
  };
}

/** The order as the node reads it: lines of words parted by tabs, and the files it speaks of. */
export function orderFiles(
  id: string,
  seconds: number,
  family: ConfigFamily,
  plan: NetworkPlan,
  { difference, rendered, removed }: NetworkOrder,
): RoleFile[] {
  const lines: (readonly (string | number)[])[] = [
    ['id', id],
    ['seconds', seconds],
    ['family', family],
    ...difference.changed.map((name) => ['changed', name]),
    ...difference.destroyed.map((name) => ['destroyed', name]),
    ...difference.released.map((name) => ['released', name]),
    ...plan.links.map(({ name }) => ['manages', name]),
    ...plan.links.filter(({ kind }) => kind !== 'physical').map(({ name }) => ['made', name]),
    ...plan.links.flatMap(({ name, addresses }) => addresses.map(({ address }) => ['expect', name, address])),
    ...difference.dropped.map(({ link, address }) => ['drop-address', link, address]),
    ...difference.droppedRules.map(({ family: version, priority }) => ['drop-rule', version, priority]),
    ...difference.droppedRoutes.map(({ family: version, destination, via, link, table }) => [
      'drop-route',
      version,
      destination,
      via ?? '-',
      link,
      table ?? '-',
    ]),
    ...removed.map((path) => ['remove', path]),
    ...rendered.files.map(({ path, mode }, at) => ['write', mode.toString(8), at, path]),
    ...rendered.settings.map(({ path, name, value }) => ['set', path, name, value]),
  ];
  return [
    { path: 'order', content: lines.map((words) => `${words.join('\t')}\n`).join('') },
    { path: 'plan.json', content: JSON.stringify(plan) },
    ...rendered.files.map(({ content }, at) => ({ path: `files/${at}`, content })),
  ];
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
