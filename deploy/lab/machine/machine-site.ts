import { request, type RequestOptions } from 'node:https';
import { execa } from 'execa';
import type { LabApi } from '../api.js';
import { DOMAIN } from './admin-network.js';
import type { Bmc } from './bmc.js';
import type { LabMachine } from './lab-machine.js';
import type { MachineLab } from './machine-lab.js';
import { Timeline } from './timeline.js';

/**
 * What an operator does with machines that nobody knows yet: switches them on at their management controller, finds the
 * nodes that they became, tells Anneal the controller of each, and watches what is installed. The lab's command, its tests
 * and the bench all do it through here.
 */
export interface SiteNode {
  readonly id: string;
  readonly name: string;
  readonly alive: boolean;
  readonly bootenv: string;
  readonly address: string | null;
  readonly macs: readonly string[];
  readonly state: string;
}

const LOOK_MS = 500;
const BMC_MS = 20_000;

export class MachineSite {
  readonly timeline = new Timeline();

  constructor(
    readonly lab: MachineLab,
    readonly api: LabApi,
  ) {}

  /** Power on by the machine's own BMC, as a person would who has just put it into the rack. */
  async switchOn(machine: LabMachine): Promise<void> {
    const bmc = await this.lab.bmc(machine);
    if (bmc === null) await machine.powerOn();
    else if (bmc.kind === 'ipmi') await ipmi(bmc, ['chassis', 'power', 'on']);
    else await redfishReset(bmc, 'On');
    this.timeline.reached(machine.name, 'on');
  }

  /** The node that a machine has become; null while nobody knows it. */
  async nodeOf(machine: LabMachine): Promise<SiteNode | null> {
    const nodes = await this.api.list<SiteNode>('nodes');
    return nodes.find(({ macs }) => macs.some((mac) => machine.order.cards.some((card) => card.mac === mac))) ?? null;
  }

  /** Waits until every machine is a node that is alive. Returns them in the order of the machines. */
  async discovered(
    machines: readonly LabMachine[],
    deadlineMs: number,
    found: (machine: LabMachine, node: SiteNode) => void = () => undefined,
  ): Promise<SiteNode[]> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const nodes = await Promise.all(machines.map((machine) => this.nodeOf(machine)));
      for (const [at, node] of nodes.entries()) {
        const machine = machines[at] as LabMachine;
        if (node?.alive && this.timeline.reached(machine.name, 'discovered')) found(machine, node);
      }
      if (nodes.every((node) => node?.alive)) return nodes as SiteNode[];
      if (performance.now() > end) throw new Error(await this.notDiscovered(machines, nodes, deadlineMs));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Tells Anneal how the BMC of a node is reached. */
  async tellBmc(machine: LabMachine, node: SiteNode): Promise<void> {
    const bmc = await this.lab.bmc(machine);
    if (bmc === null) return;
    const { kind, address, user, password, port } = bmc;
    await this.api.put(`nodes/${node.id}/bmc`, {
      address,
      user,
      password,
      protocols: [kind],
      ...(kind === 'ipmi' ? { ipmi_port: port } : { redfish_port: port }),
    });
  }

  private async notDiscovered(
    machines: readonly LabMachine[],
    nodes: readonly (SiteNode | null)[],
    deadlineMs: number,
  ): Promise<string> {
    const missing = machines.filter((_, at) => !nodes[at]?.alive);
    const words = missing.map(async (machine) => {
      const node = nodes[machines.indexOf(machine)];
      const tail = (await machine.said()).trimEnd().split('\n').slice(-8).join('\n  ');
      return `${machine.name} (${node ? `${node.name}, not alive` : 'not enrolled'}), whose console ends with:\n  ${tail}`;
    });
    return `not discovered within ${deadlineMs / 1_000} s: ${(await Promise.all(words)).join('\n')}`;
  }
}

/**
 * Writes a machine with secure boot down before its power comes on. What nobody knows gets a loader without a signature,
 * which such firmware refuses.
 */
export async function registerSecure(api: LabApi, machine: LabMachine): Promise<void> {
  await api.post('nodes', {
    name: `${machine.name.replaceAll(/^anl\d+-/g, '')}.${DOMAIN}`,
    macs: machine.order.cards.map(({ mac }) => mac),
    bootenv: 'discovery',
    inventory: { system: { uuid: machine.order.uuid }, firmware: { secure_boot: true } },
  });
}

/** Until ipmitool says a thing again, in seconds: the simulator does it again then. */
const AGAIN_S = 5;

/** One call of ipmitool; without its cipher suite named it waits for ten seconds first. */
export async function ipmi({ address, port, user, password }: Bmc, words: readonly string[]): Promise<string> {
  const reach = [
    '-I',
    'lanplus',
    '-C',
    '3',
    '-N',
    String(AGAIN_S),
    '-H',
    address,
    '-p',
    String(port),
    '-U',
    user,
    '-E',
  ];
  const argv = [...reach, ...words];
  const { stdout } = await execa('ipmitool', argv, {
    timeout: BMC_MS,
    env: { IPMI_PASSWORD: password },
    stdin: 'ignore',
  });
  return stdout.trim();
}

/** One reset of the one system of a Redfish service, by the name that the standard gives it. Answers when it is done. */
export async function redfishReset({ address, port, user, password, certificate }: Bmc, type: string): Promise<void> {
  const options: RequestOptions = {
    method: 'POST',
    auth: `${user}:${password}`,
    headers: { 'content-type': 'application/json' },
    timeout: BMC_MS,
    // It is the one certificate that is known, whatever name is in it.
    ca: certificate ?? '',
    checkServerIdentity: () => undefined,
  };
  const path = '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset';
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`https://${address}:${port}${path}`, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    sent.once('error', reject).once('timeout', () => sent.destroy(new Error(`no answer within ${BMC_MS / 1_000} s`)));
    sent.end(JSON.stringify({ ResetType: type }));
  });
  if (status === undefined || status >= 300) throw new Error(`the BMC at ${address} answers ${type} with ${status}`);
}
