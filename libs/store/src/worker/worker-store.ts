import type { PoolClient } from 'pg';
import { isId, type WorkerDoing, type WorkerLimits, type WorkerStore, type WorkerView } from '#app';
import { idOf } from '#core';

/** $1: silence in milliseconds, $2: the lease. A worker of an earlier version has told nothing of what it does. */
const SELECT = `SELECT w.id, w.host || ':' || w.pid AS name, w.host, w.pid, w.started_at, w.heartbeat_at, w.doing,
    CASE WHEN w.heartbeat_at < now() - $1 * interval '1 ms' THEN 'silent' ELSE 'live' END AS state,
    EXISTS (SELECT FROM leases l WHERE l.name = $2 AND l.holder = w.id AND l.expires_at > now()) AS leads,
    (SELECT count(*)::int FROM runs r WHERE r.worker_id = w.id AND r.state = 'running') AS runs
  FROM workers w`;

export class PgWorkerStore implements WorkerStore {
  constructor(private readonly client: PoolClient) {}

  async all(limits: WorkerLimits): Promise<WorkerView[]> {
    return this.read('ORDER BY w.host, w.pid, w.heartbeat_at DESC', limits);
  }

  async find(key: string, limits: WorkerLimits): Promise<WorkerView | null> {
    const where = isId(key) ? 'w.id = $3' : `w.host || ':' || w.pid = $3`;
    const [found] = await this.read(`WHERE ${where} ORDER BY w.heartbeat_at DESC LIMIT 1`, limits, key);
    return found ?? null;
  }

  private async read(rest: string, { silenceMsMax, lease }: WorkerLimits, ...more: string[]): Promise<WorkerView[]> {
    const { rows } = await this.client.query<WorkerRow>(`${SELECT} ${rest}`, [silenceMsMax, lease, ...more]);
    return rows.map(toWorker);
  }
}

interface WorkerRow {
  id: string;
  name: string;
  host: string;
  pid: number;
  started_at: Date;
  heartbeat_at: Date;
  doing: Partial<WorkerDoing>;
  state: WorkerView['state'];
  leads: boolean;
  runs: number;
}

const toWorker = ({ id, started_at, heartbeat_at, doing, ...row }: WorkerRow): WorkerView => ({
  ...row,
  id: idOf(id),
  startedAt: started_at,
  heartbeatAt: heartbeat_at,
  queue: doing.queue ? { ...doing.queue, askedAt: new Date(doing.queue.askedAt) } : null,
  loops: (doing.loops ?? []).map((loop) => ({
    ...loop,
    turnSince: toDate(loop.turnSince),
    lastEndedAt: toDate(loop.lastEndedAt),
  })),
});

const toDate = (at: number | null): Date | null => (at === null ? null : new Date(at));
