import { ApiProblem, type LabApi } from './api.js';

/** The deployment that the lab makes. */
export const DEPLOYMENT = 'lab';
/** The node that stands for this host. */
export const ADMIN_NODE = 'admin.lab.test';

/** A machine as it is registered. */
export interface LabNode {
  readonly name: string;
  /** Null for a node that exists in the database alone. */
  readonly address: string | null;
  readonly hostKey: string | null;
}

export interface Pair {
  readonly role: string;
  readonly node: string;
}

/** What runs where: logs and the balancer on the first node, the web site on the others. All else follows from these. */
export const workloadOn = (nodes: readonly LabNode[]): Pair[] => {
  const [first, ...others] = nodes.map(({ name }) => name) as [string, ...string[]];
  return [
    { role: 'lab-rsyslog-server', node: first },
    ...others.map((node) => ({ role: 'lab-web-server', node })),
    { role: 'lab-web-balancer', node: first },
  ];
};

/** The same shape for simulated nodes, by the test jig: roles that wait a little, write attributes and read those of others. */
export const simulatedOn = (nodes: readonly LabNode[]): Pair[] =>
  nodes.flatMap(({ name }, index) => [
    { role: 'test-slow', node: name },
    { role: index === 0 ? 'test-service' : 'test-cluster', node: name },
  ]);

/** Does what fails where something is there already: then it stays as it is. */
const unlessThere = async (work: Promise<unknown>): Promise<void> => {
  await work.catch((cause: unknown) => {
    if (!(cause instanceof ApiProblem) || cause.code !== 'already-exists') throw cause;
  });
};

/** Registers this host, and makes the deployment of the lab. */
export const makeDeployment = async (
  api: LabApi,
  name = DEPLOYMENT,
  description = 'time, logs, and a web site behind a balancer',
): Promise<void> => {
  await unlessThere(
    api.post('nodes', {
      name: ADMIN_NODE,
      admin: true,
      alive: true,
      probed: false,
      commit: true,
      description: 'this host',
    }),
  );
  await unlessThere(api.post('deployments', { name, description }));
};

/** Registers this host and the machines. Each gets what its kind always gets, and that is committed at once. */
export const registerNodes = async (
  api: LabApi,
  nodes: readonly LabNode[],
  deployment = DEPLOYMENT,
  description?: string,
): Promise<void> => {
  await makeDeployment(api, deployment, description);
  for (const { name, address, hostKey } of nodes) {
    const simulated = address === null;
    await unlessThere(
      api.post('nodes', {
        name,
        address,
        host_key: hostKey,
        probed: !simulated,
        alive: simulated,
        deployment,
        commit: true,
      }),
    );
  }
};

export const bindWorkload = (api: LabApi, pairs: readonly Pair[]): Promise<{ created: { name: string }[] }> =>
  api.post(`deployments/${DEPLOYMENT}/bulk`, { bind: pairs });

interface Preview {
  readonly added: readonly unknown[];
  readonly order: readonly unknown[][];
  readonly estimate: { readonly ms: number | null; readonly runs: number };
}

/** One line about what the commit will do. */
export const previewLine = async (api: LabApi): Promise<string> => {
  const { added, order, estimate } = await api.post<Preview>(`deployments/${DEPLOYMENT}/preview`);
  const time = estimate.ms === null ? 'no past runs to estimate from' : `about ${(estimate.ms / 1000).toFixed(0)} s`;
  return `a commit adds ${added.length} noderoles in ${order.length} cohorts, ${estimate.runs} runs, ${time}`;
};

export const commitWorkload = (api: LabApi): Promise<unknown> =>
  api.put(`deployments/${DEPLOYMENT}/commit`, { note: 'npm run lab' });

/** Liveness looks at a new node within seconds. */
const ALIVE_MS_MAX = 60_000;
const LOOK_MS = 200;

/** Waits until every machine was found alive: root has logged in with the installation's key. */
export const allAlive = async (api: LabApi, nodes: readonly LabNode[]): Promise<void> => {
  const names = new Set(nodes.map(({ name }) => name));
  for (const end = performance.now() + ALIVE_MS_MAX; ; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const dead = (await api.list<{ name: string; alive: boolean; probe_says: string }>('nodes')).filter(
      ({ name, alive }) => names.has(name) && !alive,
    );
    if (dead.length === 0) return;
    if (performance.now() > end)
      throw new Error(
        `not alive within ${ALIVE_MS_MAX / 1_000} s: ${dead.map(({ name, probe_says }) => `${name} (${probe_says})`).join(', ')}`,
      );
  }
};
