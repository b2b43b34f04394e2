import {
  BootView,
  CLIENT_ARCHITECTURES,
  decideBoot,
  isRefusal,
  type BootDecision,
  type BootFacts,
  type IpFamily,
  type Refusal,
  type ViewMachine,
} from '#core';
import { readDocuments } from '../boot-view/read-documents.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NetbootServerView } from '../ports/netboot-store.js';
import { SILENT_AFTER_MS } from './limits.js';

/** What one kind of firmware gets. */
export interface ExplainedBoot {
  /** As in IANA's registry of processor architectures; `iPXE` for the script that comes after it. */
  readonly firmware: string;
  readonly architecture: number | null;
  readonly family: IpFamily;
  readonly boot: BootDecision['boot'];
  /** File on TFTP or URL; null when it gets nothing. */
  readonly what: string | null;
  readonly reasons: readonly string[];
}

export interface BootExplanation {
  readonly node: string;
  readonly bootenv: string;
  readonly macs: readonly string[];
  readonly uuid: string | null;
  readonly addresses: ViewMachine['addresses'];
  /** The event that this is true of. */
  readonly generation: number;
  /** What keeps it from booting, whatever its firmware. */
  readonly problems: readonly string[];
  readonly decisions: readonly ExplainedBoot[];
  readonly servers: readonly NetbootServerView[];
}

/** Stands for the address of netboot where none is known. */
const NO_SERVER: Readonly<Record<IpFamily, string>> = { 4: '0.0.0.0', 6: '::' };

/**
 * What a node would boot now, for every kind of firmware, with the reasons: the very function that netboot asks, over the
 * rows as they are. Whether netboot has taken them in stands beside it.
 */
export class ExplainBoot {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly node: string }): Promise<BootExplanation | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const generation = await tx.bootView.lastEvent();
      const view = new BootView();
      const refs = [
        { kind: 'machine', node: node.id },
        { kind: 'bootenv', every: true },
        { kind: 'network', every: true },
        { kind: 'services', every: true },
      ] as const;
      view.apply(await readDocuments(tx, refs, () => []), generation);
      const servers = await tx.netboot.servers(SILENT_AFTER_MS);
      const machine = view.machine(node.id);
      return {
        node: node.name,
        bootenv: node.bootenv,
        macs: machine?.macs ?? [],
        uuid: machine?.uuid ?? null,
        addresses: machine?.addresses ?? [],
        generation,
        problems: problemsOf(view, machine, servers),
        decisions: machine ? decisionsOf(view, machine, servers) : [],
        servers,
      };
    });
  }
}

function decisionsOf(
  view: BootView,
  machine: ViewMachine,
  servers: readonly NetbootServerView[],
): readonly ExplainedBoot[] {
  const families = ([4, 6] as const).filter((family) => machine.addresses.some((held) => held.family === family));
  return (families.length > 0 ? families : ([4] as const)).flatMap((family) => {
    const server =
      servers.flatMap(({ addresses }) => addresses).find((address) => address.includes(':') === (family === 6)) ??
      NO_SERVER[family];
    const facts: BootFacts = {
      via: family === 4 ? 'dhcp4' : 'dhcp6',
      family,
      architecture: null,
      vendorClass: null,
      ipxe: false,
      mac: machine.macs[0] ?? null,
      uuid: machine.uuid,
      server,
      httpPort: view.services.httpPort,
    };
    const firmware = CLIENT_ARCHITECTURES.map(({ code, name, transport }) =>
      explained(
        name,
        {
          ...facts,
          architecture: code,
          vendorClass: `${transport === 'http' ? 'HTTPClient' : 'PXEClient'}:Arch:${String(code).padStart(5, '0')}`,
        },
        view,
      ),
    );
    return [...firmware, explained('iPXE', { ...facts, ipxe: true }, view)];
  });
}

function explained(firmware: string, facts: BootFacts, view: BootView): ExplainedBoot {
  const decision = decideBoot(facts, view);
  return {
    firmware,
    architecture: facts.architecture,
    family: facts.family,
    boot: decision.boot,
    what: decision.boot === 'file' ? decision.file : decision.boot === 'url' ? decision.url : null,
    reasons: decision.reasons,
  };
}

function problemsOf(
  view: BootView,
  machine: ViewMachine | undefined,
  servers: readonly NetbootServerView[],
): readonly string[] {
  if (!machine) return ['it stands in for a deployment and is no machine'];
  const problems: string[] = [];
  if (machine.macs.length === 0 && machine.uuid === null)
    problems.push(
      'no hardware address and no UUID of it are known, so netboot cannot tell it from a new machine: give it `macs`',
    );
  const served = machine.addresses.filter(({ network }) => (view.networkNamed(network)?.dhcp ?? 'off') !== 'off');
  if (served.length === 0)
    problems.push(
      'it has no address on a network with DHCP: it gets one of the pool for new machines, where there is one',
    );
  for (const bootenv of [view.bootenv(machine.bootenv)])
    for (const error of bootenv?.errors ?? []) problems.push(`boot environment ${machine.bootenv}: ${error}`);
  const live = servers.filter(({ state }) => state === 'live');
  if (live.length === 0) problems.push('no netboot server runs: `anneal up` starts one');
  for (const { host, lag } of live) if (lag > 0) problems.push(`netboot on ${host} is ${lag} events behind`);
  for (const { host, services } of live)
    for (const { service, state, says } of services)
      if (state === 'failed') problems.push(`${service} of netboot on ${host}: ${says}`);
  return problems;
}
