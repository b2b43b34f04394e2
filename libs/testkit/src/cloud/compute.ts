import { randomUUID } from 'node:crypto';
import { objectIn, pageOf, type CloudReply, type CloudRequest, type CloudServer, type CloudState } from './state.js';

const fault = (name: string, code: number, message: string): CloudReply => ({
  status: code,
  body: { [name]: { code, message } },
});

/** Nova: key pairs, flavors, servers; and the microversion that it was asked in. */
export const answerCompute = (state: CloudState, request: CloudRequest): CloudReply => {
  const { method, path } = request;
  if (!path.startsWith('/v2.1')) return { status: 404 };
  const rest = path.slice('/v2.1'.length);
  if (method === 'GET' && (rest === '' || rest === '/'))
    return {
      status: 200,
      body: {
        version: {
          id: 'v2.1',
          status: 'CURRENT',
          min_version: state.microversions.min,
          version: state.microversions.max,
        },
      },
    };
  const asked = /^compute (\d+\.\d+)$/.exec(String(request.headers['openstack-api-version'] ?? 'compute 2.1'))?.[1];
  if (asked === undefined || !isBetween(asked, state.microversions))
    return fault(
      'computeFault',
      406,
      `Version ${asked} is not supported by the API. Minimum is ${state.microversions.min} and maximum is ${state.microversions.max}.`,
    );
  const minor = Number(asked.split('.')[1]);
  const [, noun = '', id = '', verb = ''] = rest.split('/');
  const reply =
    noun === 'os-keypairs'
      ? keys(state, request, decodeURIComponent(id))
      : noun === 'flavors' && id === 'detail' && method === 'GET'
        ? flavors(state, request)
        : noun === 'servers'
          ? servers(state, request, { id, verb, minor })
          : { status: 404 };
  return { ...reply, headers: { 'openstack-api-version': `compute ${asked}`, vary: 'OpenStack-API-Version' } };
};

const isBetween = (asked: string, { min, max }: CloudState['microversions']): boolean => {
  const minorOf = (version: string): number => Number(version.split('.')[1]);
  return minorOf(asked) >= minorOf(min) && minorOf(asked) <= minorOf(max);
};

const keys = (state: CloudState, { method, body }: CloudRequest, name: string): CloudReply => {
  const known = state.keys.get(name);
  if (method === 'POST') {
    const { name: added, public_key: key } = objectIn(body, 'keypair') as { name: string; public_key: string };
    if (state.keys.has(added)) return fault('conflictingRequest', 409, `Key pair '${added}' already exists.`);
    if (state.keys.size >= state.quota.keys) return fault('forbidden', 403, 'Quota exceeded, too many key pairs.');
    state.keys.set(added, key);
    return { status: 200, body: { keypair: { name: added, public_key: key, fingerprint: 'aa', user_id: 'u' } } };
  }
  if (known === undefined) return fault('itemNotFound', 404, `Keypair ${name} not found for user u`);
  if (method === 'GET') return { status: 200, body: { keypair: { name, public_key: known } } };
  state.keys.delete(name);
  return { status: 202 };
};

const flavors = (state: CloudState, { query }: CloudRequest): CloudReply => {
  const { items, next } = pageOf(state.flavors, query, state.pageMax);
  return {
    status: 200,
    body: {
      flavors: items.map((flavor) => ({ ...flavor, 'OS-FLV-DISABLED:disabled': false })),
      ...linksOf(state, 'flavors', '/flavors/detail', next),
    },
  };
};

const linksOf = ({ base }: CloudState, name: string, path: string, next: string | null): object =>
  next === null ? {} : { [`${name}_links`]: [{ rel: 'next', href: `${base}/compute/v2.1${path}?${next}` }] };

const servers = (
  state: CloudState,
  request: CloudRequest,
  { id, verb, minor }: { readonly id: string; readonly verb: string; readonly minor: number },
): CloudReply => {
  const { method, query } = request;
  if (method === 'POST' && id === '') return create(state, request, minor);
  if (method === 'GET' && id === 'detail') {
    const pattern = new RegExp(query.get('name') ?? '');
    for (const server of state.servers.values()) age(state, server);
    const all = [...state.servers.values()].filter(({ name }) => pattern.test(name));
    const { items, next } = pageOf(all, query, state.pageMax);
    return {
      status: 200,
      body: {
        servers: items.map((server) => shown(state, server, minor)),
        ...linksOf(state, 'servers', '/servers/detail', next),
      },
    };
  }
  const server = state.servers.get(id);
  if (server) age(state, server);
  if (!server || !state.servers.has(id)) return fault('itemNotFound', 404, `Instance ${id} could not be found.`);
  if (method === 'GET') return { status: 200, body: { server: shown(state, server, minor) } };
  if (method === 'DELETE') {
    if (!server.deleting) {
      server.deleting = true;
      server.looks = state.looksToDelete;
    }
    return { status: 204 };
  }
  if (method === 'POST' && verb === 'action' && 'os-getConsoleOutput' in request.body)
    return { status: 200, body: { output: state.console(server) } };
  return { status: 404 };
};

const create = (state: CloudState, { body }: CloudRequest, minor: number): CloudReply => {
  const wish = objectIn(body, 'server');
  const [network] = (wish['networks'] ?? []) as { readonly uuid: string }[];
  const key = state.keys.get(String(wish['key_name']));
  if (key === undefined) return fault('badRequest', 400, 'Invalid key_name provided.');
  if (!state.flavors.some(({ id }) => id === wish['flavorRef']))
    return fault('badRequest', 400, `Flavor ${String(wish['flavorRef'])} could not be found.`);
  if (!state.images.some(({ id }) => id === wish['imageRef']))
    return fault('badRequest', 400, 'Can not find requested image');
  if (!network && minor >= 37) return fault('badRequest', 400, "Invalid input: 'networks' is a required property");
  if (state.servers.size >= state.quota.servers)
    return fault(
      'forbidden',
      403,
      `Quota exceeded for instances: Requested 1, but already used ${state.servers.size} of ${state.quota.servers} instances`,
    );
  const groups = ((wish['security_groups'] ?? []) as { readonly name: string }[]).map(({ name }) => name);
  const unknown = groups.find(
    (group) =>
      group !== 'default' && !state.groups.has(group) && ![...state.groups.values()].some(({ name }) => name === group),
  );
  if (unknown !== undefined)
    return fault('badRequest', 400, `Unable to find security_group with name or id '${unknown}'`);
  const [id, port, number] = [randomUUID(), randomUUID(), state.serversMade];
  state.serversMade += 1;
  state.ports.set(port, { id: port, device: id, network: network!.uuid, address: state.addressOf(number) });
  state.servers.set(id, {
    id,
    number,
    port,
    groups,
    key,
    name: String(wish['name']),
    flavor: String(wish['flavorRef']),
    image: String(wish['imageRef']),
    metadata: (wish['metadata'] ?? {}) as Record<string, string>,
    looks: state.looksToBuild,
    deleting: false,
    status: 'BUILD',
    fault: null,
  });
  return { status: 202, body: { server: { id, adminPass: 'aDm1n', links: [] } } };
};

/** A look at a server brings it on: it is built, or gone. */
const age = (state: CloudState, server: CloudServer): void => {
  if (server.deleting) {
    if (server.looks > 0) server.looks -= 1;
    else {
      state.servers.delete(server.id);
      state.ports.delete(server.port);
      for (const [id, { port }] of state.floating)
        if (port === server.port) state.floating.set(id, { ...state.floating.get(id)!, port: '' });
    }
    return;
  }
  if (server.status !== 'BUILD') return;
  if (server.looks > 0) {
    server.looks -= 1;
    return;
  }
  const fate = state.fates.shift();
  server.status = fate?.status ?? 'ACTIVE';
  server.fault = fate?.fault ?? null;
  if (!fate) state.onServer(server, server.key);
};

const shown = (state: CloudState, server: CloudServer, minor: number): object => {
  const flavor = state.flavors.find(({ id }) => id === server.flavor)!;
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    metadata: server.metadata,
    'OS-EXT-STS:task_state': server.deleting ? 'deleting' : null,
    // From 2.47 on the flavor is not named but told (Nova's history of microversions).
    flavor:
      minor >= 47
        ? { original_name: flavor.name, vcpus: flavor.vcpus, ram: flavor.ram, disk: flavor.disk }
        : { id: flavor.id, links: [] },
    image: { id: server.image },
    addresses: {},
    ...(server.fault === null ? {} : { fault: { code: 500, message: server.fault, created: '2024-01-01T00:00:00Z' } }),
  };
};
