import type { LabApi } from '../api.js';

/** How long each role took on its node, from the runs that were made of it. */
interface Run {
  readonly node_role: string;
  readonly node: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

/** Roles that took less are of no interest to whoever asks where the time went. */
const SHOWN_FROM_SECONDS = 1;

/** Lines with the seconds of each role since a moment, in the order in which they began; runs of one role are added up. */
export async function timesOfRoles(api: LabApi, since: Date): Promise<string[]> {
  const roles = new Map<string, { seconds: number; runs: number }>();
  const runs = (await api.list<Run>('runs'))
    .filter(({ started_at }) => started_at !== null && new Date(started_at) >= since)
    .sort((one, other) => String(one.started_at).localeCompare(String(other.started_at)));
  for (const { node_role, started_at, finished_at } of runs) {
    if (finished_at === null) continue;
    const seconds = (Date.parse(finished_at) - Date.parse(String(started_at))) / 1000;
    const before = roles.get(node_role) ?? { seconds: 0, runs: 0 };
    roles.set(node_role, { seconds: before.seconds + seconds, runs: before.runs + 1 });
  }
  return [...roles]
    .filter(([, { seconds }]) => seconds >= SHOWN_FROM_SECONDS)
    .map(([name, { seconds, runs: count }]) => {
      const often = count === 1 ? '' : `  in ${count} runs`;
      return `${seconds.toFixed(1).padStart(7)} s  ${name}${often}`;
    });
}
