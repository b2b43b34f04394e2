import type { DeploymentId, NodeId } from '#core';
import type { NewNode } from '../ports/node-store.js';

/** Where names of phantom nodes end. RFC 9476 keeps `.alt` apart from the DNS, so that no machine can have such a name. */
const PHANTOM_DOMAIN = 'phantom.anneal.alt';

/** The node that stands in for a deployment: services of it that run on no machine of ours are bound there. */
export const phantomNode = (id: NodeId, deployment: { readonly id: DeploymentId; readonly name: string }): NewNode => ({
  id,
  name: phantomName(deployment),
  description: `Stands in for the deployment ${deployment.name}.`,
  deploymentId: deployment.id,
  admin: false,
  system: true,
  alive: true,
  available: true,
  bootenv: 'local',
  address: null,
  sshPort: 22,
  hostKey: null,
  probed: false,
  macs: [],
  inventory: {},
  hints: {},
  quirks: [],
  notes: {},
});

/** Deployments may have names that differ in what a host name cannot show: those get a part of the id. */
export const phantomName = ({ id, name }: { readonly id: DeploymentId; readonly name: string }): string => {
  const plain = /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);
  const label = plain
    ? name
    : `${
        name
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^-+|-+$/g, '') || 'd'
      }-${id.slice(-8)}`;
  return `${label}.${PHANTOM_DOMAIN}`;
};
