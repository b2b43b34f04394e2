import type { LabApi } from './api.js';
import type { LabNode } from './workload.js';

/** How long one request may take, in milliseconds. */
const REQUEST_MS = 5_000;

/** Where the balancer serves the site, as its own run reported it. */
export const siteUrl = async (api: LabApi, balancer: LabNode): Promise<string> => {
  const { wall } = await api.get<{ wall: Record<string, unknown> }>(`node_roles/lab-web-balancer@${balancer.name}`);
  const url = wall['lab-web-url'];
  if (typeof url !== 'string')
    throw new Error(`lab-web-balancer on ${balancer.name} is active and has not reported lab-web-url`);
  return url;
};

/** Fetches the site until every server behind the balancer has answered; returns who did. Throws when one does not. */
export const checkSite = async (url: string, servers: readonly LabNode[]): Promise<string[]> => {
  const answered = new Set<string>();
  // Round robin: each has its turn soon.
  for (let request = 0; request < servers.length * 4 && answered.size < servers.length; request += 1) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS), headers: { connection: 'close' } });
    const page = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    for (const { name } of servers) if (page.includes(name)) answered.add(name);
  }
  const silent = servers.filter(({ name }) => !answered.has(name));
  if (silent.length > 0) throw new Error(`${url} never led to ${silent.map(({ name }) => name).join(', ')}`);
  return [...answered].sort();
};
