import {
  isRefusal,
  refuse,
  type CloudAccess,
  type CloudFacts,
  type Goal,
  type NodeRoleId,
  type Refusal,
  type Scope,
} from '#core';
import { bindWithin } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed, roleNamed } from '../named.js';
import type {
  CertificationDetail,
  CertificationId,
  CertificationView,
  PlannedGoal,
} from '../ports/certification-store.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { addressOf, refuseAccess, sealAccess } from './access.js';
import { plannedGoals } from './goals.js';
import { CONCURRENCY_MAX, TESTS_MAX } from './limits.js';
import { CERTIFY_ENDPOINT_ROLE, CERTIFY_ROLE, orderNodeRole } from './order-noderole.js';

export interface StartCertificationInput {
  /** Ours; or else `access`. */
  readonly deployment?: string;
  /** How a cloud elsewhere is reached. Sealed until the end, and forgotten then. */
  readonly access?: CloudAccess;
  /** What people call the cloud elsewhere; the host of its identity service when absent. */
  readonly cloud?: string;
  /** The node that runs the suite; may be left out where there is just one. */
  readonly tester?: string;
  readonly goals: readonly Goal[];
  readonly scope?: Scope;
  /** Workers of the suite; 0 lets it count processors. */
  readonly concurrency?: number;
  /** Settings of the suite by `section.key`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly facts?: Partial<CloudFacts>;
  readonly note?: string;
}

/** What a child takes over from the certification that it is a child of. */
export interface ChildOf {
  readonly parent: CertificationView;
}

export const NO_FACTS: CloudFacts = { release: null, hypervisor: null, simulated: [] };

/**
 * Plans a certification: a row, the order on the noderole of the tester, and that noderole committed. Everything after that
 * is the annealer's, which runs it as soon as its parents are active and its node is free.
 */
export class StartCertification {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'schemas' | 'vetoes' | 'secrets' | 'sealed'>,
  ) {}

  execute(actor: Actor, input: StartCertificationInput): Promise<CertificationDetail | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => this.within(tx, actor, input));
  }

  async within(
    tx: Transaction,
    actor: Actor,
    input: StartCertificationInput,
    child: ChildOf | null = null,
  ): Promise<CertificationDetail | Refusal> {
    await tx.bindings.keepShape();
    const wrong = refusePlan(input);
    if (wrong) return wrong;
    const goals = await plannedGoals(tx, input.goals);
    if (isRefusal(goals)) return goals;
    const tester = await this.testerOf(tx, input);
    if (isRefusal(tester)) return tester;
    const open = await tx.certifications.openOf(tester.nodeRole.id);
    if (open)
      return refuse(
        'conflict',
        `${tester.nodeRole.name} works on another certification: wait for its end, or cancel it with \`anneal certify cancel ${open}\`.`,
        { certification: open },
      );
    return this.plan(tx, actor, input, { goals, tester, child });
  }

  private async plan(
    tx: Transaction,
    actor: Actor,
    input: StartCertificationInput,
    {
      goals,
      tester,
      child,
    }: { readonly goals: readonly PlannedGoal[]; readonly tester: Tester; readonly child: ChildOf | null },
  ): Promise<CertificationDetail | Refusal> {
    const { nodeRole, fresh } = tester;
    const { access } = input;
    const id = this.parts.ids.next<CertificationId>();
    const sealed = access ? sealAccess(this.parts, id, access) : null;
    if (isRefusal(sealed)) return sealed;
    const scope = input.scope ?? { kind: 'must-pass' };
    await tx.certifications.insert({
      id,
      parentId: child?.parent.id ?? null,
      rootId: child?.parent.rootId ?? id,
      state: 'planned',
      target: access ? 'endpoint' : 'deployment',
      cloud:
        child?.parent.cloud ?? (access ? (input.cloud ?? new URL(access.identityUrl).hostname) : nodeRole.deployment),
      deploymentId: access ? null : nodeRole.deploymentId,
      endpoint: access ? addressOf(access) : null,
      accessSealed: sealed,
      nodeRoleId: nodeRole.id,
      tester: nodeRole.node,
      goals,
      scope,
      concurrency: input.concurrency ?? 0,
      settings: input.settings ?? {},
      note: input.note ?? '',
      facts: { ...NO_FACTS, ...input.facts },
      createdBy: actor,
    });
    const refusal = await orderNodeRole(tx, this.parts, actor, nodeRole, { certification: id, fresh });
    if (refusal) return refusal;
    tx.tell({
      kind: 'certification.planned',
      nodeRoleId: nodeRole.id,
      nodeId: nodeRole.nodeId,
      deploymentId: nodeRole.deploymentId,
      data: {
        certification: id,
        goals: goals.map(({ guideline, program }) => `${guideline}/${program}`),
        scope: scope.kind,
        ...(child ? { parent: child.parent.id } : {}),
      },
    });
    return (await tx.certifications.find(id)) as CertificationDetail;
  }

  /** The noderole that is ordered, bound now where only its node is named. */
  private async testerOf(tx: Transaction, input: StartCertificationInput): Promise<Tester | Refusal> {
    const role = input.access ? CERTIFY_ENDPOINT_ROLE : CERTIFY_ROLE;
    const deployment = input.deployment === undefined ? null : await deploymentNamed(tx, input.deployment);
    if (isRefusal(deployment)) return deployment;
    if (input.tester !== undefined) {
      const node = await nodeNamed(tx, input.tester);
      if (isRefusal(node)) return node;
      const known = await tx.nodeRoles.find(`${role}@${node.name}`);
      if (known && deployment && known.deploymentId !== deployment.id)
        return refuse(
          'conflict',
          `${known.name} belongs to ${known.deployment}, not to ${deployment.name}: name a tester of that deployment.`,
          { field: 'tester' },
        );
      if (known) return { nodeRole: known, fresh: [] };
      return this.bind(tx, role, { nodeId: node.id, deploymentId: deployment?.id ?? node.deploymentId });
    }
    const page = await tx.nodeRoles.list({
      filter: [
        { field: 'role', operator: 'eq', value: role },
        ...(deployment ? [{ field: 'deployment_id', operator: 'eq' as const, value: deployment.id }] : []),
      ],
      limit: 2,
    });
    if (isRefusal(page)) return page;
    const [only, other] = page.items;
    if (!only)
      return refuse(
        'unresolved-requirement',
        `no node is bound to ${role}${deployment ? ` in ${deployment.name}` : ''}: name the node that shall run the suite as tester.`,
        { field: 'tester', role },
      );
    if (other)
      return refuse(
        'conflict',
        `several nodes are bound to ${role}: name the one that shall run the suite as tester.`,
        {
          field: 'tester',
        },
      );
    return { nodeRole: (await tx.nodeRoles.find(only.id)) as NodeRoleDetail, fresh: [] };
  }

  private async bind(
    tx: Transaction,
    name: string,
    where: Pick<NodeRoleDetail, 'nodeId' | 'deploymentId'>,
  ): Promise<Tester | Refusal> {
    const role = await roleNamed(tx, name);
    if (isRefusal(role)) return role;
    const bound = await bindWithin(tx, this.parts, [{ roleId: role.id, ...where }]);
    if (isRefusal(bound)) return bound;
    const nodeRole = (await tx.nodeRoles.find(bound.bound[0]!.id)) as NodeRoleDetail;
    return { nodeRole, fresh: bound.created.map(({ id }) => id) };
  }
}

interface Tester {
  readonly nodeRole: NodeRoleDetail;
  /** Noderoles that were bound just now. */
  readonly fresh: readonly NodeRoleId[];
}

/** `section.key` as the suite has it. */
const SETTING = /^[a-zA-Z][-\w]{0,60}\.[a-zA-Z]\w{0,80}$/;

const refusePlan = ({
  deployment,
  access,
  scope,
  concurrency = 0,
  settings = {},
}: StartCertificationInput): Refusal | null => {
  const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field });
  if ((deployment === undefined) === (access === undefined))
    return no('deployment', 'say which cloud is meant: a deployment of ours, or the endpoint of another cloud.');
  if (!Number.isInteger(concurrency) || concurrency < 0 || concurrency > CONCURRENCY_MAX)
    return no('concurrency', `the suite can have 1 to ${CONCURRENCY_MAX} workers, or 0 to count processors.`);
  if (scope?.kind === 'tests' && (scope.names.length === 0 || scope.names.length > TESTS_MAX))
    return no('scope', `name 1 to ${TESTS_MAX} tests.`);
  const strange = Object.entries(settings).find(([name, value]) => !SETTING.test(name) || /[\r\n]/.test(value));
  if (strange)
    return no(
      'settings',
      `"${strange[0].slice(0, 100)}" is no setting of the suite: give section.key and one line of text.`,
    );
  return access ? refuseAccess(access) : null;
};
