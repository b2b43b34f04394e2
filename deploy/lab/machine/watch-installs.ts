import type { LabApi } from '../api.js';
import type { MachineSite } from './machine-site.js';

/**
 * Follows installs while they go on: a line when a phase or a step begins and for every fifth of a step, and when each
 * machine reached what. The rows are looked at; a look that fails is made again.
 */
export interface SiteInstall {
  readonly id: string;
  readonly node: string;
  readonly node_id: string;
  readonly phase: string;
  readonly via: string | null;
  readonly step: string;
  readonly percent: number | null;
  readonly says: string;
  readonly reason: string;
  readonly log_tail: readonly string[];
  readonly times: readonly { readonly phase: string; readonly at: string }[];
}

const LOOK_MS = 500;
const FIFTH = 20;

export const watchInstalls = (site: MachineSite, say: (line: string) => void): { stop(): Promise<void> } => {
  const end = new AbortController();
  const said = new Map<string, string>();
  const look = async (): Promise<void> => {
    for (const install of await site.api.list<SiteInstall>('installs')) {
      const word = wordOf(install);
      if (said.get(install.id) === word) continue;
      said.set(install.id, word);
      say(`${install.node.padEnd(18)} ${word}`);
    }
    await mark(site);
  };
  const watching = (async () => {
    while (!end.signal.aborted) {
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  return {
    stop: async () => {
      end.abort();
      await watching;
      await look().catch(() => undefined);
    },
  };
};

const wordOf = ({ phase, step, percent, via, reason }: SiteInstall): string => {
  if (phase === 'failed' || phase === 'cancelled') return `install ${phase}: ${reason}`;
  if (phase !== 'installing') return `install ${phase}`;
  const share = percent === null ? '' : ` ${Math.floor(percent / FIFTH) * FIFTH} %`;
  return `installing (${via ?? '?'})${step === '' ? '' : `: ${step}${share}`}`;
};

/** Which machine has reached what, by the installs and the noderoles of its node. */
export const mark = async (site: MachineSite): Promise<void> => {
  const installs = await site.api.list<SiteInstall>('installs');
  const nodeRoles = await site.api.list<{ node: string; state: string }>('node_roles');
  for (const machine of site.lab.machines) {
    const node = await site.nodeOf(machine);
    if (node === null) continue;
    const own = installs
      .filter(({ node_id: id }) => id === node.id)
      .flatMap(({ times }) => times.map(({ phase }) => phase));
    for (const phase of ['installing', 'installed', 'joined'] as const)
      if (own.includes(phase)) site.timeline.reached(machine.name, phase);
    const states = nodeRoles.filter((each) => each.node === node.name).map(({ state }) => state);
    if (own.includes('joined') && states.every((state) => state === 'active'))
      site.timeline.reached(machine.name, 'active');
  }
};

/** The install of a node that began last; null when there is none. */
export const lastInstall = async (api: LabApi, nodeId: string): Promise<SiteInstall | null> =>
  (await api.list<SiteInstall>('installs?sort=-created_at')).find(({ node_id: id }) => id === nodeId) ?? null;
