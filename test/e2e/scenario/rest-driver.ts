import { setTimeout as passed } from 'node:timers/promises';
import { refuse, type NodeRoleState, type Outcome, type Refusal } from '#core';
import {
  fullName,
  ScriptMistake,
  type NodeRoleName,
  type ScenarioDeployment,
  type ScenarioDriver,
  type ScenarioNode,
  type ScenarioNodeRole,
  type ScenarioRole,
} from '#testkit';
import { barclampOf, inputOf } from './barclamp.js';
import { jigOutcomeOf } from './jig-outcome.js';
import { longName, shortName, shortNames } from './names.js';
import { RestCaller } from './rest-caller.js';
import { startSystem, type RunningSystem } from './running-system.js';
import { stretched } from './stretched.js';

/** How long the end of a run may take to be written, in milliseconds. */
const END_MS_MAX = 20_000;
/** Between two looks at something that is on its way, in milliseconds. */
const LOOK_AGAIN_MS = 10;

interface NodeRoleBody {
  readonly name: string;
  readonly role: string;
  readonly node: string;
  readonly deployment: string;
  readonly state: NodeRoleState;
  readonly run_id: string | null;
  readonly run_count: number;
  readonly not_before: string | null;
}

/**
 * Plays scripts on the running product through its REST API. Only two things do not go over the wire: when the engine may
 * plan, and how a run ends, which is the business of the jig.
 */
export class RestDriver implements ScenarioDriver {
  private readonly rest: RestCaller;
  private readonly roles: ScenarioRole[] = [];
  private imported = 0;
  private inputs = 0;

  private constructor(private readonly system: RunningSystem) {
    this.rest = new RestCaller(system.admin);
  }

  static async open(name: string): Promise<RestDriver> {
    return new RestDriver(await startSystem(name));
  }

  async defineRole(role: ScenarioRole): Promise<void> {
    this.roles.push(role);
  }

  async defineDeployment({ name, below, priority }: ScenarioDeployment): Promise<void> {
    await this.rest.must('POST', 'deployments', { name, parent: below, priority });
  }

  async addNode({ name, alive, available }: ScenarioNode): Promise<void> {
    await this.rest.must('POST', 'nodes', { name: longName(name), probed: false, alive, available });
  }

  async bind({ role, node }: NodeRoleName, deployment: string): Promise<Refusal | null> {
    await this.importRoles();
    return this.rest.ask('POST', 'node_roles', { role, node: longName(node), deployment });
  }

  commit(deployment: string): Promise<Refusal | null> {
    return this.rest.ask('PUT', `deployments/${deployment}/commit`, {});
  }

  propose(deployment: string): Promise<Refusal | null> {
    return this.rest.ask('PUT', `deployments/${deployment}/propose`);
  }

  recall(deployment: string): Promise<Refusal | null> {
    return this.rest.ask('PUT', `deployments/${deployment}/recall`);
  }

  commitNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null> {
    return this.rest.ask('PUT', `${pathOf(nodeRole)}/commit`);
  }

  proposeNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null> {
    return this.rest.ask('PUT', `${pathOf(nodeRole)}/propose`);
  }

  retry(nodeRole: NodeRoleName, { destroyAgain }: { destroyAgain: boolean }): Promise<Refusal | null> {
    return this.rest.ask('PUT', `${pathOf(nodeRole)}/retry`, destroyAgain ? { confirm: longName(nodeRole.node) } : {});
  }

  redeploy(node: string): Promise<Refusal | null> {
    return this.rest.ask('PUT', `nodes/${longName(node)}/redeploy`, { confirm: longName(node) });
  }

  async changeInput({ role, node }: NodeRoleName, times: number): Promise<Refusal | null> {
    for (let time = 0; time < times; time += 1) {
      this.inputs += 1;
      const refusal = await this.rest.ask('PUT', `nodes/${longName(node)}/attribs/${inputOf(role)}`, {
        value: this.inputs,
      });
      if (refusal) return refusal;
    }
    return null;
  }

  setAlive(node: string, alive: boolean): Promise<Refusal | null> {
    return this.rest.change(`nodes/${longName(node)}`, { alive });
  }

  setAvailable(node: string, available: boolean): Promise<Refusal | null> {
    return this.rest.change(`nodes/${longName(node)}`, { available });
  }

  async previewMove(node: string, deployment: string): Promise<NodeRoleName[]> {
    const { follow } = await this.rest.read<{ follow: string[] }>(
      `nodes/${longName(node)}/move?deployment=${deployment}`,
    );
    return follow.map(namesIn);
  }

  async move(node: string, deployment: string): Promise<NodeRoleName[]> {
    const before = new Map((await this.nodeRoles()).map((each) => [fullName(each), each.deployment]));
    await this.rest.must('PATCH', `nodes/${longName(node)}`, { deployment });
    return (await this.nodeRoles()).filter((each) => each.deployment !== before.get(fullName(each)));
  }

  async setCap(runsAtOnceMax: number): Promise<void> {
    await this.rest.must('PATCH', 'settings/runs_at_once_max', { value: runsAtOnceMax });
  }

  pass(): Promise<void> {
    return this.system.pass();
  }

  async finish(nodeRole: NodeRoleName, outcome: Outcome): Promise<Refusal | null> {
    const { run_id: run } = await this.show(nodeRole);
    if (run === null) return refuse('wrong-state', `no run of ${fullName(nodeRole)} is going on.`);
    await this.system.jig.end({ ...nodeRole, node: longName(nodeRole.node) }, jigOutcomeOf(outcome));
    await this.ended(run);
    return null;
  }

  async cancel(nodeRole: NodeRoleName): Promise<Refusal | null> {
    const { run_id: run } = await this.show(nodeRole);
    const refusal = await this.rest.ask('PUT', `${pathOf(nodeRole)}/cancel`);
    if (!refusal && run !== null) await this.ended(run);
    return refusal;
  }

  async wait(ms: number): Promise<void> {
    await passed(stretched(ms));
  }

  async waitForTime(): Promise<boolean> {
    const now = Date.now();
    const times = (await this.list()).flatMap(({ state, not_before }) => {
      const at = not_before === null ? 0 : Date.parse(not_before);
      return (state === 'todo' || state === 'active') && at > now ? at : [];
    });
    if (times.length === 0) return false;
    await passed(Math.min(...times) - now + 1);
    return true;
  }

  async nodeRoles(): Promise<ScenarioNodeRole[]> {
    const [found, { items }] = await Promise.all([
      this.list(),
      this.rest.read<{ items: { name: string; wish: string }[] }>('deployments?fields=name,wish&limit=1000'),
    ]);
    const proposed = new Set(items.filter(({ wish }) => wish === 'proposed').map(({ name }) => name));
    return found
      .map(({ role, node, deployment, state }) => {
        const waits = state === 'todo' || state === 'blocked';
        return { role, node: shortName(node), deployment, state, paused: waits && proposed.has(deployment) };
      })
      .sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1));
  }

  async parents(nodeRole: NodeRoleName): Promise<NodeRoleName[]> {
    type Parent = { readonly pending: boolean; readonly node_role: { readonly name: string } };
    const { items } = await this.rest.read<{ items: Parent[] }>(`${pathOf(nodeRole)}/parents`);
    return items.filter(({ pending }) => !pending).map(({ node_role: parent }) => namesIn(parent.name));
  }

  async runs(nodeRole: NodeRoleName): Promise<{ handed: number; runCount: number }> {
    const { items } = await this.rest.read<{ items: unknown[] }>(`${pathOf(nodeRole)}/runs?limit=1000`);
    return { handed: items.length, runCount: (await this.show(nodeRole)).run_count };
  }

  async explain(nodeRole: NodeRoleName): Promise<{ summary: string; moves: readonly string[] }> {
    const { summary, moves } = await this.rest.read<{ summary: string; moves: string[] }>(
      `${pathOf(nodeRole)}/explain`,
    );
    return { summary: shortNames(summary), moves: moves.map(shortNames) };
  }

  async audit(): Promise<string[]> {
    const { findings } = await this.rest.read<{ findings: { sentence: string }[] }>('anneal/audit');
    return [...findings.map(({ sentence }) => shortNames(sentence)), ...this.system.faults];
  }

  close(): Promise<void> {
    return this.system.stop();
  }

  /** Everything that the script bound: what an installation has from the start is on other nodes. */
  private async list(): Promise<NodeRoleBody[]> {
    const { items } = await this.rest.read<{ items: NodeRoleBody[] }>('node_roles?limit=1000');
    return items.filter(({ node }) => shortName(node) !== node);
  }

  private show(nodeRole: NodeRoleName): Promise<NodeRoleBody> {
    return this.rest.read(pathOf(nodeRole));
  }

  private async ended(run: string): Promise<void> {
    const deadline = performance.now() + END_MS_MAX;
    for (;;) {
      const found = await this.rest.read<{ finished_at: string | null }>(`runs/${run}`);
      if (found.finished_at !== null) return;
      if (performance.now() > deadline)
        throw new Error(
          `a run was not ended within ${END_MS_MAX} ms: ${[JSON.stringify(found), ...this.system.faults].join('\n')}`,
        );
      await passed(LOOK_AGAIN_MS);
    }
  }

  private async importRoles(): Promise<void> {
    if (this.imported === this.roles.length) return;
    const unknown = this.roles
      .flatMap(({ requires }) => requires)
      .find((name) => !this.roles.some((role) => role.name === name));
    if (unknown) throw new ScriptMistake(`there is no role "${unknown}"`);
    await this.rest.must('POST', 'barclamps', barclampOf(this.roles), { 'content-type': 'application/yaml' });
    this.imported = this.roles.length;
  }
}

const pathOf = ({ role, node }: NodeRoleName): string => `node_roles/${role}@${longName(node)}`;

/** `A@n1.scenario.test` as a script has it. */
const namesIn = (name: string): NodeRoleName => {
  const [role, node] = name.split('@') as [string, string];
  return { role, node: shortName(node) };
};
