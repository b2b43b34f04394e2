import { isRefusal, planEnrolment, type EnrolmentPlan, type JsonObject, type MachineClaims, type Refusal } from '#core';
import { bindWithin } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, roleNamed } from '../named.js';
import { CreateNode } from '../node/create-node.js';
import type { NodeView } from '../ports/node-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { commitWhatMay } from './commit-what-may.js';
import { turnAway } from './turn-away.js';

/** Where nodes live whose admin network says nothing of a domain: a name of our own that no resolver knows (RFC 8375 has one for homes). */
const DOMAIN_FALLBACK = 'anneal.internal';
/** Labels of a whole name at the least: host and a domain of two. */
const LABELS_MIN = 3;

export interface NewMachine {
  readonly inventory: JsonObject;
  readonly claims: MachineClaims;
  /** The card that it booted from. */
  readonly mac: string | null;
  /** Where it speaks from; null where nobody knows. */
  readonly address: string | null;
  readonly bootenv: string;
}

/** What becomes of a machine that nobody knows, and how it would be called. */
export const planMachine = async (
  tx: Transaction,
  machine: Omit<NewMachine, 'bootenv'>,
): Promise<EnrolmentPlan | Refusal> => {
  const plan = planEnrolment(await tx.enrolmentRules.all(), machine);
  if (!plan)
    return turnAway(
      'no-mac',
      'the inventory names no hardware address, so that there is nothing to know the machine by.',
    );
  return { ...plan, name: await wholeName(tx, plan.name, machine.address) };
};

/** A node for a machine that nobody knew, as the rules have it. The caller changes the shape of the graph. */
export const makeMachine = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'schemas' | 'sealed'>,
  machine: NewMachine,
): Promise<{ readonly node: NodeView; readonly because: readonly string[] } | Refusal> => {
  const plan = await planMachine(tx, machine);
  if (isRefusal(plan)) return plan;
  if (plan.decision === 'refuse')
    return turnAway('rule', plan.reason ?? 'a rule of enrolment turns this machine away.');
  const name = await freeName(tx, plan.name, machine);
  const { inventory, claims, bootenv } = machine;
  const made = await new CreateNode(parts).within(tx, {
    name,
    bootenv,
    macs: bootMacFirst(machine.mac, claims.macs),
    inventory,
    hints: plan.hints,
    quirks: plan.quirks,
    groups: plan.groups,
    available: plan.decision === 'accept',
    ...(plan.deployment === null ? {} : { deployment: plan.deployment }),
  });
  if (isRefusal(made)) return made;
  const bound = await bindAsked(tx, parts, made.node, plan);
  if (isRefusal(bound)) return bound;
  if (plan.decision === 'accept') {
    const refusal = await commitWhatMay(tx, parts, made.node.id, {
      initial: true,
      all: plan.commit,
      destructive: plan.commitDestructive,
    });
    if (refusal) return refusal;
  }
  return { node: (await tx.nodes.find(made.node.id)) ?? made.node, because: plan.because };
};

/** The card that it booted from is the one it is looked for by first. */
export const bootMacFirst = (mac: string | null, macs: readonly string[]): readonly string[] => [
  ...new Set([...(mac === null ? [] : [mac]), ...macs]),
];

const bindAsked = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'ids' | 'vetoes'>,
  node: NodeView,
  plan: EnrolmentPlan,
): Promise<Refusal | null> => {
  if (plan.roles.length === 0) return null;
  const deployment = await deploymentNamed(tx, plan.deployment ?? node.deploymentId);
  if (isRefusal(deployment)) return deployment;
  const requests = [];
  for (const key of plan.roles) {
    const role = await roleNamed(tx, key);
    if (isRefusal(role)) return role;
    requests.push({ roleId: role.id, nodeId: node.id, deploymentId: deployment.id });
  }
  const bound = await bindWithin(tx, parts, requests);
  return isRefusal(bound) ? bound : null;
};

/** With the domain of the network that it speaks from, or of the first admin network that has one. */
export const wholeName = async (tx: Transaction, name: string, address: string | null): Promise<string> => {
  if (name.split('.').length >= LABELS_MIN) return name;
  const range = address === null ? null : await tx.networks.rangeAt(address);
  const networks = await tx.networks.all();
  const domain =
    networks.find(({ id }) => id === range?.networkId)?.domain ||
    networks.find((network) => network.category === 'admin' && network.domain !== '')?.domain ||
    DOMAIN_FALLBACK;
  return `${name}.${domain.replace(/\.$/, '')}`;
};

/** A name of a rule that another node has already is not fought about: the machine gets the one of its card. */
const freeName = async (tx: Transaction, name: string, machine: NewMachine): Promise<string> => {
  if (!(await tx.nodes.find(name))) return name;
  const plain = planEnrolment([], machine);
  return plain ? await wholeName(tx, plain.name, machine.address) : name;
};
