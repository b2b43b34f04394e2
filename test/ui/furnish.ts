import type { Caller } from '../e2e/rest/running-server.js';

/** The body of an answer; throws when it is a refusal. */
export const must = async (answer: ReturnType<Caller>) => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
};

/** Gives an installation something to show: two networks, nodes that are alive, and a rack for the first few of them. */
export const furnish = async (
  admin: Caller,
  nodes: readonly string[],
  options: { readonly inRack: number; readonly available: boolean },
): Promise<void> => {
  await must(admin('PUT', 'site', { body: SITE }));
  const { available } = options;
  for (const name of nodes)
    await must(admin('POST', 'nodes', { body: { name, alive: true, probed: false, available } }));
  const rack = await must(admin('POST', 'groups', { body: { category: 'rack', name: 'r1' } }));
  for (const name of nodes.slice(0, options.inRack)) await must(admin('PUT', `groups/${rack.id}/nodes/${name}`));
};

const SITE = {
  admin_node: { name: 'admin.lab.test' },
  networks: [
    {
      name: 'admin',
      category: 'admin',
      conduit: '?1g0',
      ranges: [
        { name: 'admin', first: '10.77.1.1/24', last: '10.77.1.1/24' },
        { name: 'host', first: '10.77.1.11/24', last: '10.77.1.99/24' },
      ],
    },
    {
      name: 'storage',
      conduit: '?1g1',
      ranges: [{ name: 'host', first: '10.77.2.11/24', last: '10.77.2.99/24' }],
    },
  ],
};
