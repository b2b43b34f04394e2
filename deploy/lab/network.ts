import { existsSync } from 'node:fs';
import { command, succeeds } from './command.js';
import { labPrefix } from './lab-record.js';
import { killAllIn, namespaceExists, namespacePath } from './namespace.js';

/**
 * The admin network of a lab. Its bridge lives in a network namespace of its own, so that no firewall or bridge filter of
 * the host sees traffic between nodes; the host has one interface in it, which is how the server and the operator reach
 * the nodes and the nodes reach the server. There is no route out and no address translation.
 *
 * A lab takes the first free number N: namespaces `anlN-lab` and `anlN-node-1`…, the host's interface `anlN-host`,
 * addresses 10.77.N.0/24 and fd77:a11e:a1:N::/64. Several labs can run side by side.
 */
const SLOTS_MAX = 250;
const KILL_DEADLINE_MS = 20_000;
/** The first address of nodes; below it are the host and room for services. */
const FIRST_NODE = 10;
/** So many nodes have an address in a /24 above FIRST_NODE. */
export const NODES_MAX = 240;

export interface LabNetwork {
  readonly slot: number;
  /** Where the guests of a cloud on these nodes have their public addresses; made for labs that ask for it. */
  readonly provider: ProviderNetwork;
  /** The host's address on the network, where nodes reach the server. */
  readonly hostAddress: string;
  readonly hostAddress6: string | null;
  readonly cidr: string;
}

/**
 * A second network, on which a cloud gives its guests addresses. Nodes are plugged into it with an interface that has no
 * address. The namespace of the bridges routes between it and the admin network, so that the host and the nodes reach
 * guests and guests reach them; nothing leads from there to the outside.
 */
export interface ProviderNetwork {
  readonly cidr: string;
  /** The router's address among the guests. */
  readonly gateway: string;
  /** The router's address on the admin network. */
  readonly router: string;
}

/** A node's place in the network. */
export interface Port {
  /** Network namespace of the node, also its machine name on this host. */
  readonly namespace: string;
  readonly address: string;
  readonly address6: string | null;
  readonly mac: string;
}

/** The network of a slot, whether it exists yet or not. */
export function networkOf(slot: number): LabNetwork {
  const cidr = `10.77.${slot}.0/24`;
  return {
    slot,
    cidr,
    provider: { cidr: `10.78.${slot}.0/24`, gateway: `10.78.${slot}.1`, router: `10.77.${slot}.2` },
    hostAddress: `10.77.${slot}.1`,
    hostAddress6: hasIpv6() ? `fd77:a11e:a1:${hex(slot)}::1` : null,
  };
}

/** The port of the node with this index (from 1). */
export function portOf(slot: number, index: number): Port {
  const last = FIRST_NODE + index;
  return {
    namespace: `${labPrefix(slot)}-node-${index}`,
    address: `10.77.${slot}.${last}`,
    address6: hasIpv6() ? `fd77:a11e:a1:${hex(slot)}::${hex(last)}` : null,
    mac: `02:a1:1e:00:${byte(slot)}:${byte(last)}`,
  };
}

/** Makes the network of the first free slot and returns it. Calls `claimed` as soon as the slot is ours, before anything else is made. */
export async function createNetwork(
  claimed: (slot: number) => Promise<void>,
  withProvider = false,
): Promise<LabNetwork> {
  for (let slot = 0; slot < SLOTS_MAX; slot += 1) {
    const network = networkOf(slot);
    if (await isTaken(network)) continue;
    if (withProvider && (await isRouted(network.provider.cidr))) continue;
    // Adding a namespace refuses a name that exists: this is what makes two commands take different slots.
    if (!(await succeeds('ip', ['netns', 'add', bridgeNamespace(slot)]))) continue;
    await claimed(slot);
    await connectHost(network);
    if (withProvider) await connectProvider(network);
    return network;
  }
  throw new Error(`all ${SLOTS_MAX} lab networks of this host are taken: remove labs with npm run lab -- --down`);
}

/** Makes the namespace of a node and plugs it into the bridge. */
export async function createPort(slot: number, index: number): Promise<Port> {
  const port = portOf(slot, index);
  const plug = plugOf(index);
  await command('ip', ['netns', 'add', port.namespace]);
  await batch(bridgeNamespace(slot), [
    `link add ${plug} type veth peer name eth0 address ${port.mac} netns ${port.namespace}`,
    `link set ${plug} master bridge0 up`,
  ]);
  await batch(port.namespace, [
    'link set lo up',
    `addr add ${port.address}/24 dev eth0`,
    // No duplicate address detection: it would hold the address back for a second.
    ...(port.address6 === null ? [] : [`addr add ${port.address6}/64 dev eth0 nodad`]),
    'link set eth0 up',
  ]);
  return port;
}

/** Plugs a node into the provider network with a second interface, eth1, which has no address, and shows it the way there. */
export async function createProviderPort(slot: number, index: number): Promise<void> {
  const { namespace } = portOf(slot, index);
  const { cidr, router } = networkOf(slot).provider;
  const plug = `${plugOf(index)}-x`;
  await batch(bridgeNamespace(slot), [
    `link add ${plug} type veth peer name eth1 address 02:a1:1e:01:${byte(slot)}:${byte(FIRST_NODE + index)} netns ${namespace}`,
    `link set ${plug} master bridge1 up`,
  ]);
  await batch(namespace, ['link set eth1 up', `route add ${cidr} via ${router}`]);
}

/** The namespace of the bridge, where QEMU machines and their BMCs live. */
export function bridgeNamespace(slot: number): string {
  return `${labPrefix(slot)}-lab`;
}

/** The host's end of the wire: what is served on it reaches the machines, and nothing else. */
export function hostInterface(slot: number): string {
  return `${labPrefix(slot)}-host`;
}

/** Makes a tap for a card of a QEMU machine, plugged into the bridge. Returns its name in the bridge's namespace. */
export async function createTap(slot: number, machine: number, card: number): Promise<string> {
  const name = `machine${machine}-${card}`;
  await batch(bridgeNamespace(slot), [`tuntap add dev ${name} mode tap`, `link set ${name} master bridge0 up`]);
  return name;
}

/** Pulls the cable of a QEMU machine's card or plugs it in again. */
export async function setTap(slot: number, tap: string, state: 'plugged' | 'pulled'): Promise<void> {
  await batch(bridgeNamespace(slot), [`link set ${tap} ${state === 'plugged' ? 'up' : 'down'}`]);
}

/** Pulls a node's cable or plugs it in again. */
export async function setCable(slot: number, index: number, state: 'plugged' | 'pulled'): Promise<void> {
  await batch(bridgeNamespace(slot), [`link set ${plugOf(index)} ${state === 'plugged' ? 'up' : 'down'}`]);
}

/** Kills what runs in a lab's namespaces and removes them and the host's interface. Does nothing where nothing is left. */
export async function removeNetwork(slot: number): Promise<void> {
  const prefix = labPrefix(slot);
  const listed = await command('ip', ['netns', 'list']);
  const names = listed.split('\n').map((line) => line.split(' ')[0] ?? '');
  const nodes = names.filter((name) => name.startsWith(`${prefix}-node-`));

  await Promise.all(nodes.map((name) => killAllIn(name, KILL_DEADLINE_MS)));
  for (const name of nodes) await removeNamespace(name);
  // QEMU machines and their BMCs live beside the bridge.
  await killAllIn(bridgeNamespace(slot), KILL_DEADLINE_MS);
  if (await succeeds('ip', ['link', 'show', hostInterface(slot)]))
    await command('ip', ['link', 'del', hostInterface(slot)]);
  // Last, since it is what keeps the slot ours.
  await removeNamespace(bridgeNamespace(slot));
}

async function connectHost(network: LabNetwork): Promise<void> {
  const host = hostInterface(network.slot);
  const inside = bridgeNamespace(network.slot);
  await command('ip', ['link', 'add', host, 'type', 'veth', 'peer', 'name', 'host0', 'netns', inside]);
  await batch(inside, [
    'link set lo up',
    // A bridge port forwards at once here: there is no loop to look for. No snooping either: it could swallow the first
    // router advertisements of a machine that has only just asked.
    'link add bridge0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    'link set bridge0 up',
    'link set host0 master bridge0 up',
  ]);
  await batch(null, [
    `addr add ${network.hostAddress}/24 dev ${host}`,
    ...(network.hostAddress6 === null ? [] : [`addr add ${network.hostAddress6}/64 dev ${host} nodad`]),
    `link set ${host} up`,
  ]);
}

async function connectProvider({ slot, provider }: LabNetwork): Promise<void> {
  const inside = bridgeNamespace(slot);
  await batch(inside, [
    'link add bridge1 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    `addr add ${provider.gateway}/24 dev bridge1`,
    `addr add ${provider.router}/24 dev bridge0`,
    'link set bridge1 up',
  ]);
  // /proc/sys/net shows the namespace of whoever opens it.
  const forward = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
  await command('nsenter', [`--net=${namespacePath(inside)}`, 'sh', '-c', forward]);
  await batch(null, [`route add ${provider.cidr} via ${provider.router} dev ${hostInterface(slot)}`]);
}

async function isTaken(network: LabNetwork): Promise<boolean> {
  return (await namespaceExists(bridgeNamespace(network.slot))) || (await isRouted(network.cidr));
}

async function isRouted(cidr: string): Promise<boolean> {
  return (await command('ip', ['-4', 'route', 'show', 'to', 'root', cidr])).trim() !== '';
}

async function removeNamespace(name: string): Promise<void> {
  if (await namespaceExists(name)) await command('ip', ['netns', 'del', name]);
}

/** Runs lines of `ip` in a namespace, or in the host's when it is null, as one process. */
async function batch(namespace: string | null, lines: readonly string[]): Promise<void> {
  const args = namespace === null ? ['-batch', '-'] : ['-netns', namespace, '-batch', '-'];
  await command('ip', args, { input: `${lines.join('\n')}\n` });
}

function plugOf(index: number): string {
  return `node-${index}`;
}

function hasIpv6(): boolean {
  return existsSync('/proc/net/if_inet6');
}

function hex(value: number): string {
  return value.toString(16);
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
