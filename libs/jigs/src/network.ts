import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  networkResults,
  planNetwork,
  readNetworkInventory,
  type ConfigFamily,
  type InterfaceMap,
  type Json,
  type JsonObject,
  type NetworkPlan,
  type Planned,
  type WantedAttachment,
} from '#core';
import { Jig, type JigOutcome, type JigRun, type NodeNetworks, type NodeNetworkWish, type Reach } from '#app';
import { causeOf } from './abort.js';
import { readFacts, type NodeFacts } from './network/facts.js';
import { orderFiles, orderFor, type NetworkOrder } from './network/order.js';
import { checkOutputs } from './outputs.js';
import { ScriptJig, type ScriptJigOptions } from './script.js';

export interface NetworkJigOptions extends ScriptJigOptions {
  /** Without it nothing is configured: there is nobody who knows of networks. */
  readonly networks?: NodeNetworks;
  /** What one question to the node may take, in milliseconds; a connection that died of a change is noticed sooner. */
  readonly askWithinMs?: number;
  /** How long a node that undoes a change is waited for, in milliseconds, after the moment at which it begins to. */
  readonly undoWithinMs?: number;
}

/** Attributes of the role `network-server` that a site may set. */
export const NETWORK_ATTRIBS = {
  /** List of `{ pattern, bus_order }`: which cards come first on which kind of machine. */
  interfaceMaps: 'network-interface-maps',
  /** Seconds within which a changed node must be reached, before it puts back what it had. */
  confirmWithin: 'network-confirm-seconds',
} as const;

/** Enough for a switch that opens a port after 50 s of listening and learning (IEEE 802.1D), and for one lost connection. */
const CONFIRM_WITHIN_S = 90;
const CONFIRM_WITHIN_S_MIN = 5;
const CONFIRM_WITHIN_S_MAX = 3_600;
/** What undoing may take, beyond the moment at which it begins: ifupdown waits up to 60 s for the DHCP of one card. */
const UNDO_MS = 120_000;
/**
 * For how long a change that was undone is not made again. A node that was cut off is back to what it was within minutes,
 * and then what ran on it runs again, one role after the other.
 */
const NOT_AGAIN_S = 300;
/** Between two looks whether a node can be reached. */
const LOOK_EVERY_MS = 500;
const LOOK_DEADLINE_MS = 2_000;
/** One question to a node that answers. A connection that died of the change is noticed sooner than this. */
const ASK_DEADLINE_MS = 20_000;
/** Other nodes of a network that are pinged. */
const TARGETS_MAX = 8;
const ROLE_PREFIX = 'network-';
const SCRIPT = readFileSync(new URL('./network/node.sh', import.meta.url), 'utf8');

/**
 * Configures the networks of a node: all that it is bound to and has been configured for, and the one whose role runs.
 *
 * The node is asked what it has; what it is to look like and which files that takes is worked out here (`netconfig` in
 * core). The change itself runs on the node apart from any connection, with its undoing armed before it begins: unless the
 * node is reached afterwards, and told so, it puts back what it had. The outcome of a run is always that of the node: a
 * connection that died of the change is made again until the time has passed. See docs/adr/0019.
 *
 * Where the node has no address on the network, or is not reached over SSH, nothing is done and the run succeeds.
 */
export class NetworkJig extends Jig {
  readonly name = 'network';
  private readonly script: ScriptJig;

  constructor(private readonly options: NetworkJigOptions) {
    super();
    this.script = new ScriptJig(options);
  }

  async run(run: JigRun): Promise<JigOutcome> {
    const network = run.roleName.startsWith(ROLE_PREFIX) ? run.roleName.slice(ROLE_PREFIX.length) : run.roleName;
    const nothing = (why: string): JigOutcome => {
      run.log(`${why}, so nothing was configured`, 'anneal');
      return { kind: 'succeeded' };
    };
    if (!this.options.networks) return nothing('this worker knows of no networks');
    // A node that nobody looks after, as the admin node itself, has no pinned key and is not ours to configure.
    if (run.node.address === null || run.node.hostKey === null)
      return nothing(`${run.node.name} is not reached over SSH`);
    const wish = await this.options.networks.wishOf(run.node.nodeId);
    if (!wish.attachments.some((each) => each.network === network))
      return nothing(`${run.node.name} has no address on a network ${network}`);
    return new NetworkChange(run, network, wish, this.options.networks, this.options, this.script).make();
  }
}

/** One run, from the first question to the last. */
class NetworkChange {
  /** Of the change, once there is one: what it ends in, and which it is. */
  private id = '';
  private readonly seconds: number;

  constructor(
    private readonly run: JigRun,
    private readonly network: string,
    private readonly wish: NodeNetworkWish,
    private readonly networks: NodeNetworks,
    private readonly options: NetworkJigOptions,
    private readonly script: ScriptJig,
  ) {
    this.seconds = confirmWithin(run.attribs[NETWORK_ATTRIBS.confirmWithin]);
  }

  async make(): Promise<JigOutcome> {
    let facts = await this.gather();
    if ('kind' in facts) return facts;
    if (facts.pending) {
      this.say('an earlier change of this node was never confirmed; it is undone before anything else');
      const undone = await this.ask('rollback', [], []);
      if (undone.kind !== 'succeeded') return undone;
      facts = await this.gather();
      if ('kind' in facts) return facts;
    }
    const { family } = facts;
    if (family === null && !facts.inDiscovery)
      return {
        kind: 'failed',
        reason: `${this.run.node.name} has none of systemd-networkd, ifupdown, NetworkManager and wicked; install one of them`,
      };
    const wanted = this.chosen(facts);
    const planned = planNetwork({
      wanted,
      inventory: facts.inventory.interfaces.length > 0 ? facts.inventory : this.reported(facts),
      maps: interfaceMaps(this.run.attribs[NETWORK_ATTRIBS.interfaceMaps]),
      present: facts.present,
      established: new Set(networksOf(facts).filter((name) => name !== this.network)),
    });
    const refused = planned.problems.filter(({ network }) => network === this.network);
    for (const { refusal } of planned.problems) this.say(refusal.detail);
    if (refused.length > 0)
      return {
        kind: 'failed',
        reason: `${refused.map(({ refusal }) => refusal.detail).join('; ')}; nothing was changed`,
      };

    if (family === null) {
      this.say(
        'it runs the discovery system, which has the addresses that it was told at its boot: nothing was changed, and the system that is installed gets this configuration',
      );
      return this.succeed(wanted, planned);
    }
    const order = orderFor(planned.plan, family, facts);
    if (order.nothingToDo) {
      this.say(`${this.run.node.name} has what is wanted already; nothing was changed`);
      return this.succeed(wanted, planned);
    }
    const undone = undoneLately(facts, order.digest);
    if (undone !== null) return this.undone(NOT_AGAIN_S - undone);
    this.describe(family, planned.plan, order);
    this.id = `${order.digest}-${randomBytes(8).toString('hex')}`;
    return this.apply(family, wanted, planned, order);
  }

  private async gather(): Promise<NodeFacts | JigOutcome> {
    const told = await this.ask('gather', [], ['facts']);
    return told.kind === 'succeeded' ? readFacts(String(told.outputs?.['facts'] ?? '')) : told;
  }

  /**
   * What is configured in this run: this network, those that the node has been configured for, and those that are recorded
   * there, as long as it is bound to them. A network whose turn has not come waits for its own run.
   */
  private chosen(facts: NodeFacts): WantedAttachment[] {
    const names = new Set([this.network, ...this.wish.active, ...networksOf(facts)]);
    return this.wish.attachments.filter(({ network }) => names.has(network));
  }

  /** A node that tells of no cards may have told discovery. */
  private reported(facts: NodeFacts): NodeFacts['inventory'] {
    return readNetworkInventory(this.wish.inventory) ?? facts.inventory;
  }

  private describe(family: ConfigFamily, plan: NetworkPlan, order: NetworkOrder): void {
    const { changed, destroyed, released } = order.difference;
    const parts = [
      ...(changed.length > 0 ? [`changes ${changed.join(', ')}`] : []),
      ...(destroyed.length > 0 ? [`removes ${destroyed.join(', ')}`] : []),
      ...(released.length > 0 ? [`lets go of ${released.join(', ')}`] : []),
      ...order.rendered.files.map(({ path }) => `writes ${path}`),
      ...order.removed.map((path) => `deletes ${path}`),
    ];
    this.say(`${family}: ${parts.join('; ')}`);
    for (const link of plan.links)
      for (const { address, network } of link.addresses)
        this.say(`${link.name}: ${address} (${network ?? 'was there before'})`);
  }

  private async apply(
    family: ConfigFamily,
    wanted: readonly WantedAttachment[],
    planned: Planned,
    order: NetworkOrder,
  ): Promise<JigOutcome> {
    const files = orderFiles(this.id, this.seconds, family, planned.plan, order);
    const begun = Date.now();
    const started = await this.ask('apply', files, []);
    // Whether it began is unknown then: the node is asked like after any other interruption.
    if (started.kind !== 'succeeded' && started.kind !== 'lost-contact') return started;
    this.say(`the change is under way; unless it is confirmed within ${this.seconds} s, the node undoes it`);

    const until = begun + this.seconds * 1_000 + (this.options.undoWithinMs ?? UNDO_MS);
    let said = 'it did not answer';
    while (Date.now() < until) {
      if (this.run.signal.aborted) return this.giveUp();
      const reach = await this.reachable(wanted);
      if (reach !== null) {
        const told = await this.ask('status', [], ['status'], reach);
        if (told.kind === 'aborted') return this.run.signal.aborted ? this.giveUp() : told;
        if (told.kind === 'succeeded') {
          const status = readStatus(told.outputs?.['status']);
          const ended = await this.end(status, reach, wanted, planned);
          if (ended) return ended;
          said = `it said "${status.phase}"`;
        }
      }
      await pause(LOOK_EVERY_MS, undefined, { signal: this.run.signal }).catch(() => undefined);
    }
    return {
      kind: 'lost-contact',
      reason: `${this.run.node.name} could not be asked how the change of its network ended (${said}); it should have undone it by itself`,
    };
  }

  /** What follows from what the node says; null when it has to be asked again. */
  private async end(
    status: NodeStatus,
    reach: Reach,
    wanted: readonly WantedAttachment[],
    planned: Planned,
  ): Promise<JigOutcome | null> {
    // A node that knows of no such change never got it: the connection was lost before.
    if (status.id !== this.id) return { kind: 'lost-contact', reason: `${this.run.node.name} never got the change` };
    switch (status.phase) {
      case 'activated': {
        const told = await this.ask('confirm', [], ['status'], reach);
        const after = told.kind === 'succeeded' ? readStatus(told.outputs?.['status']) : null;
        if (after?.phase === 'activated' || after === null) return null;
        return this.end(after, reach, wanted, planned);
      }
      case 'confirmed':
        await this.noteAddress(reach);
        return this.succeed(wanted, planned, reach);
      case 'rolled-back':
        return this.failed(status);
      default:
        return null;
    }
  }

  /**
   * The same change was undone a moment ago. The node was away meanwhile, and all that ran on it is asked for again when it
   * returns: whoever makes this change again then cuts it off again, and so on for ever.
   */
  private async undone(seconds: number): Promise<JigOutcome> {
    const told = await this.ask('status', [], ['status']);
    if (told.kind !== 'succeeded') return told;
    this.say(
      `it is not made again for ${seconds} s: put right what is wanted, or what kept the node from being reached`,
    );
    return this.failed(readStatus(told.outputs?.['status']));
  }

  private failed({ log, reason }: NodeStatus): JigOutcome {
    for (const line of log) this.run.log(line, 'out');
    const { name } = this.run.node;
    return { kind: 'failed', reason: `the change was undone on ${name}, which has what it had before: ${reason}` };
  }

  /** The node is reached where a change of the admin network has put it. */
  private async noteAddress(reach: Reach): Promise<void> {
    if (reach.address === null || reach.address === this.run.node.address) return;
    this.say(`${this.run.node.name} is reached at ${reach.address} from now on, no longer at ${this.run.node.address}`);
    await this.networks.moved(this.run.node.nodeId, reach.address);
  }

  /**
   * How the node answers now: where it did, or at an address that it gets on an admin network. The other networks do not
   * count, because the installation reaches nodes over the admin network.
   */
  private async reachable(wanted: readonly WantedAttachment[]): Promise<Reach | null> {
    const admin = wanted.filter(({ category, network }) => category === 'admin' || network === 'admin');
    const addresses = new Set([
      this.run.node.address!,
      ...admin.map(({ address }) => address.slice(0, address.indexOf('/'))),
    ]);
    for (const address of addresses) {
      const reach = { ...this.run.node, address };
      const seen = await this.options.session.probe(reach, LOOK_DEADLINE_MS, 'banner');
      if (seen.kind === 'alive') return reach;
    }
    return null;
  }

  /** Nobody wants the change any more: the node would undo it by itself, but need not wait. */
  private async giveUp(): Promise<JigOutcome> {
    await this.ask('rollback', [], [], this.run.node, null);
    return { kind: 'aborted', cause: causeOf(this.run.signal) };
  }

  private async succeed(
    wanted: readonly WantedAttachment[],
    planned: Planned,
    reach: Reach = this.run.node,
  ): Promise<JigOutcome> {
    await this.ping(reach);
    const results: Record<string, Json> = {
      ...networkResults(this.network, wanted, planned.plan, planned.conduits),
    };
    const cards = [
      ...new Set(
        wanted
          .filter(({ network }) => network === this.network)
          .flatMap(({ conduit }) => planned.conduits[conduit] ?? []),
      ),
    ];
    results[`${ROLE_PREFIX}${this.network}_resolved_conduit`] = cards;
    // A role that does not ask for some of it does without.
    const declared = Object.entries(results)
      .filter(([name]) => this.run.outputs.some((output) => output.name === name))
      .map(([name, value]) => ({ name, value }));
    const { outputs, problems } = checkOutputs(declared, this.run.outputs);
    if (problems.length > 0) return { kind: 'failed', reason: problems.join('; '), outputs };
    return { kind: 'succeeded', outputs };
  }

  /** Other nodes may be down, so that one of them is silent is worth a line and no more. */
  private async ping(reach: Reach): Promise<void> {
    const targets = await this.networks.targets(this.network, this.run.node.nodeId, TARGETS_MAX);
    const named = new Map(
      targets.flatMap(({ node, addresses }) => addresses.map((address) => [address, node] as const)),
    );
    if (named.size === 0) return;
    const told = await this.ask(
      'ping',
      [{ path: 'targets', content: [...named.keys()].map((address) => `${address}\n`).join('') }],
      ['reached'],
      reach,
    );
    if (told.kind !== 'succeeded') return;
    for (const line of String(told.outputs?.['reached'] ?? '').split('\n')) {
      const [word, address = ''] = line.split(' ');
      if (!named.has(address)) continue;
      this.say(
        `${named.get(address)} ${word === 'reached' ? 'answers' : 'does not answer'} at ${address} on the network ${this.network}`,
      );
    }
  }

  /**
   * Runs the node's part with one verb, under this run's fence. A node that does not answer in time is one that contact was
   * lost with: nobody has given the run up.
   */
  private async ask(
    verb: string,
    files: readonly { readonly path: string; readonly content: string }[],
    outputs: readonly string[],
    node: Reach = this.run.node,
    of: AbortSignal | null = this.run.signal,
  ): Promise<JigOutcome> {
    const deadlineMs = this.options.askWithinMs ?? ASK_DEADLINE_MS;
    const late = AbortSignal.timeout(deadlineMs);
    const head = `network_verb=${verb} network_id=${this.id}\n`;
    const told = await this.script.run({
      ...this.run,
      node,
      signal: of ? AbortSignal.any([of, late]) : late,
      attribs: {},
      files: [{ path: 'network.sh', content: head + SCRIPT }, ...files],
      outputs: outputs.map((name) => ({ name, schema: { type: 'string' } satisfies JsonObject })),
      log: (line, stream) => {
        if (stream !== 'anneal') this.run.log(line, stream);
      },
    });
    if (told.kind !== 'aborted' || told.cause === 'superseded' || of?.aborted || !late.aborted) return told;
    return {
      kind: 'lost-contact',
      reason: `${this.run.node.name} did not answer within ${deadlineMs / 1_000} s when it was asked to ${verb}`,
    };
  }

  private say(line: string): void {
    this.run.log(line, 'anneal');
  }
}

interface NodeStatus {
  readonly phase: string;
  readonly id: string;
  readonly reason: string;
  readonly log: readonly string[];
}

/** How many seconds ago the node undid just this change, while that still counts. A clock that was set back tells nothing. */
function undoneLately({ undone }: NodeFacts, digest: string): number | null {
  if (!undone?.id.startsWith(`${digest}-`)) return null;
  return undone.ago >= 0 && undone.ago < NOT_AGAIN_S ? undone.ago : null;
}

function readStatus(told: Json | undefined): NodeStatus {
  const lines = typeof told === 'string' ? told.split('\n') : [];
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [phase = '', id = '', ...reason] = (after('phase')[0] ?? '').split(' ');
  return { phase, id, reason: reason.join(' '), log: after('log') };
}

/** Networks that are recorded as ours on the node. */
const networksOf = ({ present }: NodeFacts): string[] => [
  ...new Set(present.before?.links.flatMap(({ networks }) => networks) ?? []),
];

function confirmWithin(value: Json | undefined): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return CONFIRM_WITHIN_S;
  return Math.round(Math.min(Math.max(value, CONFIRM_WITHIN_S_MIN), CONFIRM_WITHIN_S_MAX));
}

function interfaceMaps(value: Json | undefined): InterfaceMap[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((entry) => {
    const { pattern, bus_order: busOrder } = (entry ?? {}) as { pattern?: Json; bus_order?: Json };
    if (typeof pattern !== 'string' || !Array.isArray(busOrder)) return [];
    return [{ pattern, busOrder: (busOrder as readonly Json[]).filter((step) => typeof step === 'string') }];
  });
}
