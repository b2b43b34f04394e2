import { randomUUID } from 'node:crypto';
import { objectIn, pageOf, type CloudReply, type CloudRequest, type CloudState } from './state.js';

const fault = (status: number, type: string, message: string): CloudReply => ({
  status,
  body: { NeutronError: { type, message, detail: '' } },
});

/** Neutron: networks, ports, floating addresses, security groups. */
export const answerNetwork = (state: CloudState, request: CloudRequest): CloudReply => {
  const { method, path } = request;
  const [, version, noun = '', id = ''] = path.split('/');
  if (version !== 'v2.0') return { status: 404 };
  if (method === 'GET' && id === '') return list(state, request, noun);
  if (noun === 'floatingips') return method === 'POST' ? takeFloating(state, request) : freeFloating(state, id);
  if (noun === 'security-groups' && method === 'POST' && state.hasSecurityGroups) {
    const made = randomUUID();
    const { name } = objectIn(request.body, 'security_group') as { name: string };
    state.groups.set(made, { name, project: state.project.id, rules: new Set() });
    return { status: 201, body: { security_group: { id: made, name, project_id: state.project.id } } };
  }
  if (noun === 'security-group-rules' && method === 'POST' && state.hasSecurityGroups) return addRule(state, request);
  return fault(404, 'HTTPNotFound', 'The resource could not be found.');
};

const list = (state: CloudState, { query }: CloudRequest, noun: string): CloudReply => {
  const things = thingsOf(state, noun);
  if (things === null) return fault(404, 'HTTPNotFound', 'The resource could not be found.');
  const matching = things.filter((thing) =>
    ['device_id', 'network_id', 'port_id', 'name'].every((name) => {
      const wanted = query.get(name);
      return wanted === null || (thing as Record<string, unknown>)[name] === wanted;
    }),
  );
  const { items, next } = pageOf(matching, query, state.pageMax);
  const name = noun.replaceAll('-', '_');
  return {
    status: 200,
    body: {
      [name]: items,
      ...(next === null
        ? {}
        : { [`${name}_links`]: [{ rel: 'next', href: `http://198.51.100.1/v2.0/${noun}?${next}` }] }),
    },
  };
};

const thingsOf = (state: CloudState, noun: string): readonly { readonly id: string }[] | null => {
  switch (noun) {
    case 'networks':
      return state.networks.map(({ external, project, routed: _routed, ...network }) => ({
        ...network,
        'router:external': external,
        project_id: project,
        tenant_id: project,
        admin_state_up: true,
        status: 'ACTIVE',
      }));
    case 'ports':
      return [...state.ports.values()].map(({ id, device, network, address }) => ({
        id,
        device_id: device,
        network_id: network,
        fixed_ips: [{ subnet_id: 's2', ip_address: address }],
      }));
    case 'floatingips':
      return [...state.floating.values()].map(({ id, address, network, port, description }) => ({
        id,
        floating_ip_address: address,
        floating_network_id: network,
        port_id: port === '' ? null : port,
        description,
        status: 'ACTIVE',
      }));
    case 'security-groups':
      if (!state.hasSecurityGroups) return null;
      return [...state.groups].map(([id, { name, project }]) => ({ id, name, project_id: project }));
    default:
      return null;
  }
};

const takeFloating = (state: CloudState, { body }: CloudRequest): CloudReply => {
  const wish = objectIn(body, 'floatingip') as {
    readonly floating_network_id: string;
    readonly port_id: string;
    readonly description?: string;
  };
  const port = state.ports.get(wish.port_id);
  if (!port) return fault(404, 'PortNotFound', `Port ${wish.port_id} could not be found.`);
  const from = state.networks.find(({ id }) => id === port.network)!;
  if (!from.routed.includes(wish.floating_network_id))
    return fault(
      404,
      'ExternalGatewayForFloatingIPNotFound',
      `External network ${wish.floating_network_id} is not reachable from subnet ${from.subnets[0]}. Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    );
  if (state.floating.size >= state.quota.floating)
    return fault(409, 'OverQuota', "Quota exceeded for resources: ['floatingip'].");
  const address = state.floatingPool.shift();
  if (address === undefined)
    return fault(
      409,
      'IpAddressGenerationFailure',
      `No more IP addresses available on network ${wish.floating_network_id}.`,
    );
  const id = randomUUID();
  const description = wish.description ?? '';
  state.floating.set(id, { id, address, network: wish.floating_network_id, port: port.id, description });
  return {
    status: 201,
    body: { floatingip: { id, floating_ip_address: address, port_id: port.id, description, status: 'DOWN' } },
  };
};

const freeFloating = (state: CloudState, id: string): CloudReply => {
  const known = state.floating.get(id);
  if (!known) return fault(404, 'FloatingIPNotFound', `Floating IP ${id} could not be found`);
  state.floating.delete(id);
  state.floatingPool.push(known.address);
  return { status: 204 };
};

const addRule = (state: CloudState, { body }: CloudRequest): CloudReply => {
  const wish = objectIn(body, 'security_group_rule');
  const group = state.groups.get(String(wish['security_group_id']));
  if (!group) return fault(404, 'SecurityGroupNotFound', 'Security group does not exist');
  const rule = [wish['direction'], wish['ethertype'], wish['protocol'], wish['port_range_min'] ?? ''].join(' ');
  if (group.rules.has(rule)) return fault(409, 'SecurityGroupRuleExists', 'Security group rule already exists.');
  group.rules.add(rule);
  return { status: 201, body: { security_group_rule: { id: randomUUID(), ...wish } } };
};
