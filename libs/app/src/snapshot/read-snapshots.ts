import { isRefusal, type JsonObject, type Refusal } from '#core';
import { hideSecrets } from '../attrib/hide-secrets.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, missing } from '../named.js';
import type { SnapshotContent, SnapshotView } from '../ports/commit-store.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { diffSnapshots, type SnapshotDiff } from './diff.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export type FullSnapshot = SnapshotView & { readonly content: SnapshotContent };

export const snapshotNamed = async (
  tx: Transaction,
  deployment: DeploymentView,
  key: string,
): Promise<FullSnapshot | Refusal> =>
  (await tx.commits.snapshot(deployment.id, key)) ??
  missing('snapshot', key, `${deployment.name} has numbers 1 to ${deployment.snapshot}`);

export class ListSnapshots {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery, of: { readonly deployment: string }): Promise<Page<SnapshotView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = await deploymentNamed(tx, of.deployment);
      return isRefusal(deployment) ? deployment : tx.commits.snapshots(deployment.id, query);
    });
  }
}

/** One snapshot with what it wished for; secrets are hidden. */
export class ShowSnapshot {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly deployment: string; readonly snapshot: string }): Promise<FullSnapshot | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const snapshot = await snapshotNamed(tx, deployment, input.snapshot);
      if (isRefusal(snapshot)) return snapshot;
      return { ...snapshot, content: hidden(snapshot.content, await secretsOf(tx, snapshot.content)) };
    });
  }
}

/** What differs between two commits of a deployment. */
export class DiffSnapshots {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly deployment: string;
    readonly from: string;
    readonly to: string;
  }): Promise<SnapshotDiff | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const from = await snapshotNamed(tx, deployment, input.from);
      if (isRefusal(from)) return from;
      const to = await snapshotNamed(tx, deployment, input.to);
      if (isRefusal(to)) return to;
      const secrets = new Map([...(await secretsOf(tx, from.content)), ...(await secretsOf(tx, to.content))]);
      return diffSnapshots(from.content, to.content, secrets);
    });
  }
}

const secretsOf = (tx: Transaction, content: SnapshotContent): Promise<ReadonlyMap<string, readonly string[]>> =>
  tx.commits.secretPaths([...new Set([...Object.keys(content.deployment_roles), ...Object.keys(content.node_roles)])]);

const hidden = (content: SnapshotContent, secrets: ReadonlyMap<string, readonly string[]>): SnapshotContent => {
  const hide = (role: string, data: JsonObject): JsonObject => hideSecrets(data, secrets.get(role) ?? []);
  return {
    deployment_roles: mapValues(content.deployment_roles, (data, role) => hide(role, data)),
    node_roles: mapValues(content.node_roles, (nodes, role) => mapValues(nodes, (data) => hide(role, data))),
  };
};

const mapValues = <Before, After>(
  object: Readonly<Record<string, Before>>,
  change: (value: Before, key: string) => After,
): Record<string, After> => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
