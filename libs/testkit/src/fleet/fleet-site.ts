import {
  AdvanceInstalls,
  EnrolMachine,
  FinishRun,
  InstallReports,
  InstallSecrets,
  PlanInstall,
  SilentLog,
  storeOutputs,
  WatchNodes,
  type Clock,
  type NodeView,
  type Transaction,
} from '#app';
import {
  commitNodeRole,
  GraphDraft,
  idOf,
  isRefusal,
  setAlive,
  type Install,
  type InstallableImage,
  type JsonObject,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
  type Outcome,
  type Refusal,
  type RunId,
} from '#core';
import { anImage } from '../install/sample.js';
import { SimulatedPower } from '../power/simulated-power.js';
import { Chance } from '../world/chance.js';
import { VirtualClock } from '../world/virtual-clock.js';
import { nodeOf, nodeRoleOf, roleOf, SYSTEM } from './first-rows.js';
import { FleetEngine } from './fleet-engine.js';
import { FleetNetboot } from './fleet-netboot.js';
import { FleetPower } from './fleet-power.js';
import { FleetIds, FleetSecrets, FleetTokens } from './fleet-secrets.js';
import { FleetSession } from './fleet-session.js';
import { SimulatedMachine, type FleetNetwork, type FleetOrder } from './machine.js';
import { MemoryRows, type ToldEvent } from './memory-rows.js';
import { memoryTransaction } from './memory-transaction.js';
import { MemoryUnitOfWork } from './memory-unit-of-work.js';
import { Schedule } from './schedule.js';

/** Milliseconds between two turns of the leader, and between two looks at the machines. */
const TURN_MS = 1_000;
const LOOK_MS = 5_000;

/** The roles of every machine, each requiring the one before. */
export const FLEET_ROLES = ['managed', 'os-install', 'workload'] as const;

export interface FleetSiteOptions {
  readonly seed?: number;
  /** Roles of each machine in order; the one named `os-install` is the install, those that begin with `raze-` destroy. */
  readonly roles?: readonly string[];
  readonly attribs?: JsonObject;
}

/**
 * An installation on a virtual clock: the product's use cases over rows in memory, a netboot server, a leader that takes
 * its turns, and machines. Nothing happens but by `run`. The same seed gives the same history.
 */
export class FleetSite implements FleetNetwork {
  readonly clock = new VirtualClock();
  /** By how much the clock of the servers is ahead, in milliseconds; what machines do takes the time that it takes. */
  aheadMs = 0;
  /** The clock of the servers. */
  readonly serverClock: Clock = { now: () => this.clock.now() + this.aheadMs };
  readonly rows = new MemoryRows();
  readonly schedule = new Schedule(this.clock);
  readonly chance: Chance;
  readonly netboot: FleetNetboot;
  readonly machines = new Map<NodeId, SimulatedMachine>();
  readonly powers = new Map<NodeId, SimulatedPower>();
  /** What the install of one machine is asked for beside what all are. */
  readonly attribsOf = new Map<NodeId, JsonObject>();
  /** What was asked of power, in order. */
  readonly acts: string[] = [];
  readonly images = new Map<string, InstallableImage>([['debian-12', anImage()]]);
  readonly attribs: JsonObject;
  /** The BMCs, for whoever switches machines. */
  readonly power = new FleetPower(this.powers, (node, action) => {
    this.acts.push(`${this.machines.get(node)?.name} ${action}`);
    this.beforeAct();
  });
  readonly unitOfWork: MemoryUnitOfWork;
  readonly session: FleetSession;
  readonly secrets: InstallSecrets;
  readonly reports: InstallReports;
  readonly enrolMachine: EnrolMachine;
  readonly finishRun: FinishRun;
  readonly transaction: Transaction;
  /** Turns of the leader that threw, which the next one makes up for. */
  readonly faults: unknown[] = [];
  /** Runs before a transaction is kept; what it throws undoes it. */
  beforeKeep: () => void = () => undefined;
  /** Runs before a transaction that writes. */
  beforeWork: () => void = () => undefined;
  /** Runs when power is asked for; what it throws is a worker that vanishes. */
  beforeAct: () => void = () => undefined;
  advance: AdvanceInstalls;
  private readonly watch: WatchNodes;
  private readonly roleNames: readonly string[];
  private readonly failures = new Map<NodeId, { failures: number; says: string }>();
  private readonly engine: FleetEngine;

  constructor(options: FleetSiteOptions = {}) {
    this.chance = new Chance(options.seed ?? 1);
    this.roleNames = options.roles ?? FLEET_ROLES;
    this.attribs = { 'target-os': 'debian-12', ...options.attribs };
    this.netboot = new FleetNetboot(this.rows, this.clock, this.chance);
    this.transaction = memoryTransaction(this.rows, this.serverClock, {
      images: this.images,
      workerKeys: ['ssh-ed25519 WORKER'],
      ticketKey: this.netboot.ticketKey,
      netbootServers: () => this.netboot.servers(),
      decided: (graph, decision) => this.engine.decided(graph, decision),
    });
    this.unitOfWork = new MemoryUnitOfWork(
      this.rows,
      this.transaction,
      () => this.beforeKeep(),
      () => this.beforeWork(),
    );
    this.session = new FleetSession(this.machines);
    const { unitOfWork, serverClock: clock } = this;
    const [tokens, ids] = [new FleetTokens(this.chance), new FleetIds(this.chance)];
    this.secrets = new InstallSecrets({ unitOfWork, clock, tokens });
    this.reports = new InstallReports({ unitOfWork, clock, tokens });
    this.enrolMachine = new EnrolMachine({
      ...{ unitOfWork, clock, ids, vetoes: [], secrets: new FleetSecrets(this.chance) },
      schemas: null as never,
    });
    this.finishRun = new FinishRun(unitOfWork, clock, storeOutputs);
    this.engine = new FleetEngine({
      ...{ rows: this.rows, clock, chance: this.chance, schedule: this.schedule, unitOfWork },
      ...{ planner: new PlanInstall({ unitOfWork, clock, ids }), finishRun: this.finishRun },
      attribs: (node) => ({ ...this.attribs, ...this.attribsOf.get(node) }),
    });
    this.watch = new WatchNodes(
      {
        due: async () => this.watched(),
        note: async ({ reach }, seen) => void this.failures.set(reach.nodeId, seen),
      },
      this.session,
      unitOfWork,
    );
    this.advance = this.lead();
    this.rows.deployments.set(SYSTEM, {
      ...{ id: idOf(SYSTEM), name: SYSTEM, parentId: null, system: true, state: 'committed', priority: 0 },
    });
    this.engine.ready.setDeployment(idOf(SYSTEM), true, 0);
    for (const name of this.roleNames) this.rows.roles.set(name, roleOf(name));
    this.turnAgain();
    this.lookAgain();
  }

  /** A leader that begins: it knows nothing but the rows. */
  lead(): AdvanceInstalls {
    const { unitOfWork, serverClock: clock, session } = this;
    const tokens = new FleetTokens(this.chance);
    const { power } = this;
    const log = new SilentLog();
    return new AdvanceInstalls({
      unitOfWork,
      clock,
      tokens,
      log,
      apiUrl: 'http://192.168.124.10:3000',
      session,
      power,
    });
  }

  /** The leader is gone, and another one takes its place. */
  replaceLeader(): void {
    this.advance = this.lead();
  }

  /** A machine, switched off, and its node, with every role bound and committed. */
  async addMachine(name: string, different: Partial<NodeView> = {}): Promise<SimulatedMachine> {
    const nodeId = idOf<NodeId>(this.chance.uuid());
    const at = this.machines.size + 1;
    const hex = (part: number): string => part.toString(16).padStart(2, '0');
    const mac = `52:54:00:00:${hex(at >> 8)}:${hex(at & 255)}`;
    const address = `10.77.${at >> 8}.${at & 255}`;
    const machine = new SimulatedMachine(name, mac, address, this.schedule, this, this.chance);
    this.machines.set(nodeId, machine);
    this.powers.set(nodeId, new SimulatedPower(machine));
    await this.unitOfWork.write('setup', async (tx) => {
      this.rows.put(this.rows.nodes, nodeId, { ...nodeOf(nodeId, name, mac, address, this.clock.now()), ...different });
      this.rows.put(this.rows.nodeByMac, mac, nodeId);
      this.rows.put(this.rows.addresses, address, { nodeId, address, prefixLength: 16 });
      this.engine.ready.setNode(nodeId, false);
      let parent: NodeRoleId | null = null;
      for (const [cohort, role] of this.roleNames.entries()) {
        const id = idOf<NodeRoleId>(`${role}@${name}`);
        this.rows.addNodeRole(nodeRoleOf(id, role, nodeId, cohort));
        if (parent) this.rows.putEdge({ parentId: parent, childId: id, soft: false, pending: false });
        parent = id;
      }
      tx.tell({ kind: 'node.created', nodeId, data: { name } });
      const graph = await tx.graph.slice({ nodeIds: [nodeId] });
      const draft = new GraphDraft(graph);
      for (const role of this.roleNames) commitNodeRole(draft, idOf(`${role}@${name}`));
      await tx.graph.save(graph, draft.decision());
    });
    return machine;
  }

  /** One more noderole on a machine, committed, that needs nothing but another one. */
  async bindBeside(role: string, parent: string, machine: SimulatedMachine): Promise<void> {
    const [id, parentId] = [`${role}@${machine.name}`, `${parent}@${machine.name}`].map((text) =>
      idOf<NodeRoleId>(text),
    );
    this.rows.roles.set(role, roleOf(role));
    this.rows.addNodeRole(nodeRoleOf(id!, role, this.idOf(machine), 1));
    const unmet = Number(this.nodeRole(parent, machine).state !== 'active');
    this.rows.nodeRoles.set(id!, { ...nodeRoleOf(id!, role, this.idOf(machine), 1), unmet });
    this.rows.putEdge({ parentId: parentId!, childId: id!, soft: false, pending: false });
    await this.decide(machine, (draft) => commitNodeRole(draft, id!));
  }

  /** Lets so many seconds pass. */
  run(seconds: number): Promise<void> {
    return this.schedule.until(this.clock.now() + seconds * 1_000);
  }

  /** Lets time pass until something is so; throws after so many seconds. */
  async until(holds: () => boolean, seconds = 7_200): Promise<void> {
    const end = this.clock.now() + seconds * 1_000;
    while (!holds()) {
      if (this.clock.now() >= end) throw new Error(`it did not come to that in ${seconds} s`);
      await this.run(1);
    }
  }

  node(machine: SimulatedMachine): NodeView {
    return this.rows.nodes.get(this.idOf(machine)) as NodeView;
  }

  idOf(machine: SimulatedMachine): NodeId {
    return this.rows.nodeByMac.get(machine.mac) as NodeId;
  }

  /** The newest install of a machine. */
  install(machine: SimulatedMachine): Install | null {
    return this.rows.installs.get(this.rows.installOf.get(this.idOf(machine)) as Install['id']) ?? null;
  }

  nodeRole(role: string, machine: SimulatedMachine): NodeRole {
    return this.rows.nodeRoles.get(idOf<NodeRoleId>(`${role}@${machine.name}`)) as NodeRole;
  }

  told(kind: string): ToldEvent[] {
    return this.rows.events.filter((event) => event.kind === kind);
  }

  /** The open run of a noderole ends so. */
  end(role: string, machine: SimulatedMachine, outcome: Outcome) {
    const runId = this.nodeRole(role, machine).runId as RunId;
    return this.finishRun.execute({ runId, attempt: 1 } as never, { outcome });
  }

  /** A decision about the graph, as a use case would make it. */
  decide(machine: SimulatedMachine, rule: (draft: GraphDraft) => unknown): Promise<unknown> {
    return this.unitOfWork.write('operator', async (tx) => {
      const graph = await tx.graph.slice({ nodeIds: [this.idOf(machine)] });
      const draft = new GraphDraft(graph);
      const refusal = rule(draft);
      if (isRefusal(refusal)) return refusal;
      await tx.graph.save(graph, draft.decision());
      return null;
    });
  }

  kill(machine: SimulatedMachine): Promise<unknown> {
    return this.decide(machine, (draft) => setAlive(draft, this.idOf(machine), false, 'told so'));
  }

  boot(machine: SimulatedMachine) {
    return this.netboot.boot(machine);
  }

  async enrol(machine: SimulatedMachine, ticket: string, hostKey: string, bootId: string): Promise<Refusal | null> {
    const said = await this.enrolMachine.execute({
      ...{ ticket, inventory: machine.inventory(), hostKey, bootId, address: machine.address },
    });
    return isRefusal(said) ? said : null;
  }

  async fetchOrder(machine: SimulatedMachine): Promise<FleetOrder | Refusal> {
    const said = await this.secrets.execute({
      ...{ node: this.idOf(machine), bootenv: 'install', apiUrl: 'http://192.168.124.10:3000' },
      ...{ contentBase: 'http://192.168.124.10:7780', address: machine.address },
    });
    return isRefusal(said) ? said : (said['install'] as unknown as FleetOrder);
  }

  progress: FleetNetwork['progress'] = (order, by, { step, percent, disks }) =>
    this.reports.progress.execute({
      ...{ install: order.install, ...by, step, percent, says: '', lines: [`${step} ${percent}`] },
      disks: disks && disks.map(({ id, bytes, serial }) => ({ id, bytes, serial })),
    });

  finish: FleetNetwork['finish'] = (order, by, { hostKey, reason }) =>
    this.reports.finish.execute(
      { install: order.install, ...by },
      reason === null
        ? { outcome: 'succeeded', hostKey, lines: [] }
        : { outcome: 'failed', reason, hostKey, lines: [] },
    );

  join: FleetNetwork['join'] = (install, by, hostKey) => this.reports.join.execute({ install, ...by, hostKey });

  /** One turn of the leader: installs, then whatever may begin. */
  async turn(): Promise<void> {
    this.netboot.follow();
    await this.advance.execute();
    await this.advance.settled();
    await this.engine.anneal();
  }

  private watched() {
    return [...this.machines.keys()].flatMap((id) => {
      const { name, address, sshPort, hostKey, alive, bootSession } = this.rows.nodes.get(id) as NodeView;
      if (bootSession === null) return [];
      const { failures = 0, says = '' } = this.failures.get(id) ?? {};
      return [
        {
          reach: { nodeId: id, name, address, sshPort, hostKey },
          alive,
          failures,
          says,
          bootSessionId: bootSession.id,
        },
      ];
    });
  }

  private turnAgain(): void {
    this.schedule.after(TURN_MS, async () => {
      await this.turn().catch((cause: unknown) => this.faults.push(cause));
      this.turnAgain();
    });
  }

  private lookAgain(): void {
    this.schedule.after(LOOK_MS, async () => {
      await this.watch.execute();
      this.lookAgain();
    });
  }
}
