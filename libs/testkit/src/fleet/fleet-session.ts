import {
  INSTALL_PROGRAM,
  NodeSession,
  type ExecEnd,
  type ExecOptions,
  type ProbeResult,
  type Reach,
  type Unreachable,
} from '#app';
import type { NodeId } from '#core';
import type { FleetOrder, SimulatedMachine } from './machine.js';

/** SSH into the machines of a fleet: who has the key that is pinned answers. */
export class FleetSession extends NodeSession {
  /** Before a command is run on a machine; a test may do something meanwhile, or say how it ends. */
  before: (machine: SimulatedMachine, argv: readonly string[]) => Promise<ExecEnd | null> = async () => null;

  constructor(private readonly machines: ReadonlyMap<NodeId, SimulatedMachine>) {
    super();
  }

  override async exec(reach: Reach, argv: readonly string[], options: ExecOptions = {}): Promise<ExecEnd> {
    const machine = this.machines.get(reach.nodeId);
    const said = machine && (await this.before(machine, argv));
    const away = machine ? this.away(machine, reach) : NO_CONTACT;
    if (!machine || away) return away ?? NO_CONTACT;
    const { running } = machine;
    const isMemory = running.kind === 'discovery' || running.kind === 'installer';
    const ended = (isDone: boolean): ExecEnd => ({ kind: 'exited', exitCode: isDone ? 0 : 1 });
    if (argv[0] === 'test') return said ?? ended(isMemory && machine.canInstall);
    if (argv[0] === 'grep') return said ?? ended(machine.order?.install === argv[2]);
    if (argv[0] !== INSTALL_PROGRAM) return said ?? { kind: 'exited', exitCode: 127 };
    const taken = machine.takeOrder(JSON.parse(String(options.stdin)) as FleetOrder);
    return said ?? (taken ? ended(true) : { kind: 'exited', exitCode: 3 });
  }

  override async probe(reach: Reach): Promise<ProbeResult> {
    const machine = this.machines.get(reach.nodeId);
    const away = machine ? this.away(machine, reach) : NO_CONTACT;
    return away ? { ...away, tookMs: 1 } : { kind: 'alive', tookMs: 1, hostKey: reach.hostKey };
  }

  override async hostKey(): Promise<{ kind: 'offered'; hostKey: string } | Unreachable> {
    return NO_CONTACT;
  }

  override async upload(): Promise<ExecEnd> {
    return { kind: 'exited', exitCode: 0 };
  }

  override async close(): Promise<void> {}

  private away({ running, on }: SimulatedMachine, reach: Reach): Unreachable | null {
    if (!on || !('hostKey' in running)) return NO_CONTACT;
    return running.hostKey === reach.hostKey
      ? null
      : { kind: 'unreachable', code: 'host-key-mismatch', reason: 'its host key is not the one that is pinned' };
  }
}

const NO_CONTACT: Unreachable = { kind: 'unreachable', code: 'no-contact', reason: 'it does not answer' };
