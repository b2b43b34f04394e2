import {
  audit,
  explain,
  followersOf,
  refuse,
  type DeploymentId,
  type NodeId,
  type NodeRoleId,
  type Outcome,
  type Refusal,
  type RoleId,
} from '#core';
import { World } from '../world/world.js';
import {
  fullName,
  type NodeRoleName,
  type ScenarioDeployment,
  type ScenarioDriver,
  type ScenarioNode,
  type ScenarioNodeRole,
  type ScenarioRole,
} from './driver.js';
import { ScriptMistake } from './words.js';

/** Plays scripts on a world in memory: in no time, with a clock that stands still, and audited after every step. */
export class MemoryDriver implements ScenarioDriver {
  readonly world: World;

  constructor(options: { seed?: number } = {}) {
    this.world = new World(options);
  }

  async defineRole({ requires, flags, ...says }: ScenarioRole): Promise<void> {
    this.world.addRole({ ...says, flags, requires: requires.map((name) => this.role(name)) });
  }

  async defineDeployment({ name, below, priority }: ScenarioDeployment): Promise<void> {
    this.world.addDeployment(name, { parentId: this.deployment(below), priority });
  }

  async addNode({ name, alive, available }: ScenarioNode): Promise<void> {
    this.world.addNode(name, { alive, available });
  }

  async bind({ role, node }: NodeRoleName, deployment: string): Promise<Refusal | null> {
    return this.world.bind(this.role(role), this.node(node), this.deployment(deployment));
  }

  async commit(deployment: string): Promise<Refusal | null> {
    return this.world.commit(this.deployment(deployment));
  }

  async propose(deployment: string): Promise<Refusal | null> {
    return this.world.propose(this.deployment(deployment));
  }

  async recall(deployment: string): Promise<Refusal | null> {
    return this.world.recall(this.deployment(deployment));
  }

  async commitNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null> {
    return this.world.commitNodeRole(this.idOf(nodeRole));
  }

  async proposeNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null> {
    return this.world.proposeNodeRole(this.idOf(nodeRole));
  }

  async retry(nodeRole: NodeRoleName, options: { destroyAgain: boolean }): Promise<Refusal | null> {
    return this.world.retry(this.idOf(nodeRole), options);
  }

  async redeploy(node: string): Promise<Refusal | null> {
    return this.world.redeploy(this.node(node));
  }

  async changeInput(nodeRole: NodeRoleName, times: number): Promise<Refusal | null> {
    for (let time = 0; time < times; time += 1) this.world.change(this.idOf(nodeRole));
    return null;
  }

  async setAlive(node: string, alive: boolean): Promise<Refusal | null> {
    return this.world.setAlive(this.node(node), alive);
  }

  async setAvailable(node: string, available: boolean): Promise<Refusal | null> {
    return this.world.setAvailable(this.node(node), available);
  }

  async previewMove(node: string, deployment: string): Promise<NodeRoleName[]> {
    const [nodeId, deploymentId] = [this.node(node), this.deployment(deployment)];
    const { graph } = this.world;
    return followersOf(graph, nodeId)
      .filter((id) => graph.nodeRole(id).deploymentId !== deploymentId)
      .map((id) => this.nameOf(id));
  }

  async move(node: string, deployment: string): Promise<NodeRoleName[]> {
    return this.world.move(this.node(node), this.deployment(deployment)).map((id) => this.nameOf(id));
  }

  async setCap(runsAtOnceMax: number): Promise<void> {
    this.world.cap = runsAtOnceMax;
  }

  async pass(): Promise<void> {
    this.world.passAll();
  }

  async finish(nodeRole: NodeRoleName, outcome: Outcome): Promise<Refusal | null> {
    const run = this.world.runOf(this.idOf(nodeRole));
    if (!run) return refuse('wrong-state', `no run of ${fullName(nodeRole)} is going on.`);
    this.world.report(run.id, run.attempt, outcome);
    return null;
  }

  async cancel(nodeRole: NodeRoleName): Promise<Refusal | null> {
    return this.finish(nodeRole, { kind: 'cancelled', reason: 'cancelled' });
  }

  async wait(ms: number): Promise<void> {
    this.world.clock.advance(ms);
  }

  async waitForTime(): Promise<boolean> {
    const wake = this.world.nextWake();
    if (wake !== null) this.world.clock.advanceTo(wake);
    return wake !== null;
  }

  async nodeRoles(): Promise<ScenarioNodeRole[]> {
    const { graph } = this.world;
    return [...graph.nodeRoles.values()]
      .map(({ id, state, deploymentId }) => {
        const deployment = graph.deployment(deploymentId);
        const waits = state === 'todo' || state === 'blocked';
        return {
          ...this.nameOf(id),
          deployment: deployment.name,
          state,
          paused: waits && deployment.state === 'proposed',
        };
      })
      .sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1));
  }

  async parents(nodeRole: NodeRoleName): Promise<NodeRoleName[]> {
    const edges = this.world.graph.edgesUp(this.idOf(nodeRole));
    return edges.filter(({ pending }) => !pending).map(({ parentId }) => this.nameOf(parentId));
  }

  async runs(nodeRole: NodeRoleName): Promise<{ handed: number; runCount: number }> {
    const id = this.idOf(nodeRole);
    const handed = [...this.world.runs.values()].filter(({ nodeRoleId }) => nodeRoleId === id).length;
    return { handed, runCount: this.world.graph.nodeRole(id).runCount };
  }

  async explain(nodeRole: NodeRoleName): Promise<{ summary: string; moves: readonly string[] }> {
    const { graph, clock, cap, running } = this.world;
    return explain(graph, this.idOf(nodeRole), { now: clock.now(), cap, running });
  }

  async audit(): Promise<string[]> {
    return audit(this.world.graph).map(({ sentence }) => sentence);
  }

  async close(): Promise<void> {
    // Nothing was opened.
  }

  private role(name: string): RoleId {
    return named(this.world.graph.roles.values(), name, 'role');
  }

  private node(name: string): NodeId {
    return named(this.world.graph.nodes.values(), name, 'node');
  }

  private deployment(name: string): DeploymentId {
    return named(this.world.graph.deployments.values(), name, 'deployment');
  }

  private idOf({ role, node }: NodeRoleName): NodeRoleId {
    const [roleId, nodeId] = [this.role(role), this.node(node)];
    const found = [...this.world.graph.nodeRoles.values()].find(
      (each) => each.roleId === roleId && each.nodeId === nodeId,
    );
    if (!found) throw new ScriptMistake(`${role} is not bound to ${node}`);
    return found.id;
  }

  private nameOf(id: NodeRoleId): NodeRoleName {
    const { graph } = this.world;
    const nodeRole = graph.nodeRole(id);
    return { role: graph.role(nodeRole.roleId).name, node: graph.node(nodeRole.nodeId).name };
  }
}

const named = <Id>(things: Iterable<{ readonly id: Id; readonly name: string }>, name: string, kind: string): Id => {
  const names: string[] = [];
  for (const thing of things) {
    if (thing.name === name) return thing.id;
    names.push(thing.name);
  }
  throw new ScriptMistake(`there is no ${kind} "${name}"; there are ${names.sort().join(', ') || 'none yet'}`);
};
