import type { NodeRoleState, Outcome, Refusal } from '#core';

/**
 * What a scenario script needs of the system that it is played on. There are two: the world in memory, and the product
 * behind its REST API with the test jig. Both must give the same states for the same script, so the interface names things
 * by name, never by id, and keeps chance and time out:
 *
 * - Nothing begins by itself. Between two calls of `pass` no run starts (a live driver pauses the annealer, for example by
 *   setting the cap to 0), and each run goes on until `finish` ends it (the test jig holds it).
 * - Every call resolves when what it does has been done: after `finish` the new states can be read.
 * - An expected "no" is returned. A name that does not exist is thrown as a `ScriptMistake`; so is nothing else.
 */
export interface ScenarioDriver {
  /** Roles that it requires were defined before it. A live driver may gather roles and import them with the first binding. */
  defineRole(role: ScenarioRole): Promise<void>;
  /** The deployment `system` is there from the start. */
  defineDeployment(deployment: ScenarioDeployment): Promise<void>;
  /** A node that is only simulated: nobody probes it, it is alive when it is told so. */
  addNode(node: ScenarioNode): Promise<void>;

  bind(nodeRole: NodeRoleName, deployment: string): Promise<Refusal | null>;
  commit(deployment: string): Promise<Refusal | null>;
  propose(deployment: string): Promise<Refusal | null>;
  recall(deployment: string): Promise<Refusal | null>;
  commitNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null>;
  proposeNodeRole(nodeRole: NodeRoleName): Promise<Refusal | null>;
  retry(nodeRole: NodeRoleName, options: { destroyAgain: boolean }): Promise<Refusal | null>;
  redeploy(node: string): Promise<Refusal | null>;
  /** Changes an input of a noderole `times` times, each time to another value, and makes it count. */
  changeInput(nodeRole: NodeRoleName, times: number): Promise<Refusal | null>;

  setAlive(node: string, alive: boolean): Promise<Refusal | null>;
  setAvailable(node: string, available: boolean): Promise<Refusal | null>;
  /** Noderoles that would follow the node, or did. */
  previewMove(node: string, deployment: string): Promise<NodeRoleName[]>;
  move(node: string, deployment: string): Promise<NodeRoleName[]>;

  /** How many runs may go on at once in the passes to come. */
  setCap(runsAtOnceMax: number): Promise<void>;
  /** Lets everything start that may, until nothing more can. */
  pass(): Promise<void>;
  /** Ends the run in flight of a noderole. */
  finish(nodeRole: NodeRoleName, outcome: Outcome): Promise<Refusal | null>;
  cancel(nodeRole: NodeRoleName): Promise<Refusal | null>;

  /** Lets time go by. */
  wait(ms: number): Promise<void>;
  /** Goes on to the moment when the next noderole that waits for its time may run; false when none does. */
  waitForTime(): Promise<boolean>;

  nodeRoles(): Promise<ScenarioNodeRole[]>;
  /** Parents over edges that count. */
  parents(nodeRole: NodeRoleName): Promise<NodeRoleName[]>;
  /** How many runs it was ever handed, and its `run_count`. */
  runs(nodeRole: NodeRoleName): Promise<{ handed: number; runCount: number }>;
  explain(nodeRole: NodeRoleName): Promise<{ summary: string; moves: readonly string[] }>;
  /** Sentences about broken invariants. */
  audit(): Promise<string[]>;

  close(): Promise<void>;
}

export interface NodeRoleName {
  readonly role: string;
  readonly node: string;
}

export interface ScenarioNodeRole extends NodeRoleName {
  readonly deployment: string;
  readonly state: NodeRoleState;
  /** It waits, and its deployment is not committed. */
  readonly paused: boolean;
}

export const SCENARIO_FLAGS = ['implicit', 'cluster', 'destructive', 'service'] as const;
export type ScenarioFlag = (typeof SCENARIO_FLAGS)[number];

export interface ScenarioRole {
  readonly name: string;
  readonly requires: readonly string[];
  readonly flags: readonly ScenarioFlag[];
  readonly onError: 'node' | 'descendants';
  readonly onRerunFailure: 'warn' | 'block';
  readonly priority: number;
}

export interface ScenarioNode {
  readonly name: string;
  readonly alive: boolean;
  readonly available: boolean;
}

export interface ScenarioDeployment {
  readonly name: string;
  /** The deployment above it. */
  readonly below: string;
  readonly priority: number;
}

/** `A on n1`. */
export const fullName = ({ role, node }: NodeRoleName): string => `${role} on ${node}`;
