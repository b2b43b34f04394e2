import { canonicalJson, type Json } from '#core';
import type { CertificationDetail, EvidenceFile } from '../ports/certification-store.js';
import type { Reach } from '../ports/jig.js';
import type { NodeView } from '../ports/node-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

type Subject = Pick<CertificationDetail, 'id' | 'deploymentId' | 'tester'>;

/**
 * Keeps what a cloud was when a suite had ended: what was collected on its nodes, and beside it what the rows say of them
 * and of the graph. Rows change; what a certification is evidence of does not.
 */
export const keepEvidence = async (tx: Transaction, of: Subject, files: readonly EvidenceFile[]): Promise<void> => {
  for (const file of files) await tx.certifications.putEvidence(of.id, file);
  const keep = async (path: string, value: Json): Promise<void> => {
    const text = `${canonicalJson(value)}\n`;
    await tx.certifications.putEvidence(of.id, {
      path,
      mediaType: 'application/json',
      sha256: await tx.guidelines.digestOf(text),
      bytes: new TextEncoder().encode(text),
    });
  };
  const nodes = await nodeViews(tx, of);
  for (const { name, inventory } of nodes) await keep(`nodes/${name}/inventory.json`, inventory);
  if (of.deploymentId !== null) await keep('graph.json', await graphOf(tx, of.deploymentId));
};

/** The nodes of the deployment that can be reached, but for the tester. */
export const nodesOfCloud = async (tx: Transaction, of: Subject): Promise<Reach[]> =>
  (await nodeViews(tx, of))
    .filter(({ name, address }) => name !== of.tester && address !== null)
    .map(({ id, name, address, sshPort, hostKey }) => ({ nodeId: id, name, address, sshPort, hostKey }));

/** Nodes with a noderole of the deployment, and the tester; by name, without those that stand in for something. */
const nodeViews = async (tx: Transaction, { deploymentId, tester }: Subject): Promise<NodeView[]> => {
  const names = new Set<string>(tester === null ? [] : [tester]);
  if (deploymentId !== null)
    for (const { node, outside } of (await tx.nodeRoles.graphOf(deploymentId)).nodeRoles) if (!outside) names.add(node);
  const views: NodeView[] = [];
  for (const name of [...names].sort()) {
    const view = await tx.nodes.find(name);
    if (view && !view.system) views.push(view);
  }
  return views;
};

/** The graph by names: the same graph is the same text, whatever ids its rows have. */
const graphOf = async (tx: Transaction, deploymentId: NonNullable<Subject['deploymentId']>): Promise<Json> => {
  const { nodeRoles, edges } = await tx.nodeRoles.graphOf(deploymentId);
  const named = new Map(nodeRoles.map(({ id, role, node }) => [id, `${role}@${node}`]));
  const of = (id: (typeof nodeRoles)[number]['id']): string => named.get(id) ?? id;
  return {
    node_roles: nodeRoles.map(({ id, state }) => ({ name: of(id), state })).sort(byText(({ name }) => name)),
    edges: edges
      .map(({ parentId, childId }) => ({ parent: of(parentId), child: of(childId) }))
      .sort(byText(canonicalJson)),
  };
};

const byText =
  <T>(textOf: (value: T) => string) =>
  (a: T, b: T): number =>
    textOf(a) < textOf(b) ? -1 : 1;
