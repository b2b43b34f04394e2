import type { components } from '../api/schema.gen';

export type Entry = components['schemas']['TimelineEntry'];

/** A timeline as lanes on one axis: a lane for each node, in it runs and phases of installs as bars, the rest as points. */

export interface Bar {
  readonly id: string;
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** It has not ended. */
  readonly open: boolean;
  readonly kind: 'run' | 'phase';
  readonly outcome: 'running' | 'good' | 'bad' | 'other';
  readonly nodeRole: string | null;
  readonly says: string;
}

export interface Point {
  readonly id: string;
  readonly at: number;
  readonly kind: string;
  readonly says: string;
}

export interface Lane {
  readonly node: string;
  /** Bars that do not overlap stand in one row. */
  readonly rows: readonly (readonly Bar[])[];
  readonly points: readonly Point[];
}

export interface LaidOut {
  readonly from: number;
  readonly until: number;
  readonly lanes: readonly Lane[];
}

const RUN = 'run.';
const INSTALL = 'install.';
/** An install is over with these. */
const ENDS: readonly string[] = ['joined', 'failed', 'cancelled'];
/** What belongs to no node. */
export const NOBODY = '—';

export const layOut = (entries: readonly Entry[], now: number): LaidOut => {
  const times = entries.flatMap(({ at, until }) => [Date.parse(at), ...(until ? [Date.parse(until)] : [])]);
  const from = Math.min(now, ...times);
  const isGoing = entries.some(({ kind, until }) => kind.startsWith(RUN) && until === null);
  const until = Math.max(from + 1_000, isGoing ? now : 0, ...times);
  const byNode = new Map<string, Entry[]>();
  for (const entry of entries) byNode.set(entry.node ?? NOBODY, [...(byNode.get(entry.node ?? NOBODY) ?? []), entry]);
  const lanes = [...byNode].map(([node, own]): Lane => {
    const bars = [...own.flatMap((entry) => runOf(entry, until)), ...phasesOf(own, until)].sort(
      (a, b) => a.from - b.from,
    );
    return { node, rows: rowsOf(bars), points: own.flatMap(pointOf) };
  });
  return { from, until, lanes: lanes.sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true })) };
};

const runOf = ({ at, until, kind, node_role: nodeRole, run_id: id, data }: Entry, end: number): Bar[] => {
  if (!kind.startsWith(RUN)) return [];
  const state = kind.slice(RUN.length);
  const { reason = '', attempt } = (data ?? {}) as { reason?: string; attempt?: number };
  return [
    {
      id: id ?? `${at} ${nodeRole}`,
      label: nodeRole?.split('@')[0] ?? 'a run',
      from: Date.parse(at),
      until: until ? Date.parse(until) : end,
      open: until === null,
      kind: 'run',
      outcome: until === null ? 'running' : state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'other',
      nodeRole,
      says: [state, attempt && attempt > 1 ? `attempt ${attempt}` : '', reason].filter(Boolean).join(', '),
    },
  ];
};

/** Phases of installs: each begins with its event and lasts until the next one of the same run. */
const phasesOf = (entries: readonly Entry[], end: number): Bar[] => {
  const byRun = new Map<string, Entry[]>();
  for (const entry of entries)
    if (entry.kind.startsWith(INSTALL) && PHASES.includes(entry.kind.slice(INSTALL.length)))
      byRun.set(entry.run_id ?? '', [...(byRun.get(entry.run_id ?? '') ?? []), entry]);
  return [...byRun.values()].flatMap((all) => {
    const sorted = [...all].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    return sorted.flatMap((entry, index): Bar[] => {
      const phase = entry.kind.slice(INSTALL.length);
      if (ENDS.includes(phase)) return [];
      const next = sorted[index + 1];
      return [
        {
          id: `${entry.run_id} ${phase} ${entry.at}`,
          label: phase,
          from: Date.parse(entry.at),
          until: next ? Date.parse(next.at) : end,
          open: next === undefined,
          kind: 'phase',
          outcome: next === undefined ? 'running' : next.kind === `${INSTALL}failed` ? 'bad' : 'good',
          nodeRole: entry.node_role,
          says: 'phase of the install',
        },
      ];
    });
  });
};

const PHASES: readonly string[] = ['planned', 'armed', 'rebooting', 'installing', 'installed', ...ENDS];

const pointOf = ({ at, kind, actor, node_role: nodeRole, data }: Entry, index: number): Point[] =>
  kind.startsWith(RUN)
    ? []
    : [
        {
          id: `${at} ${kind} ${index}`,
          at: Date.parse(at),
          kind,
          says: [nodeRole, actor ? `by ${actor}` : '', data && Object.keys(data).length > 0 ? JSON.stringify(data) : '']
            .filter(Boolean)
            .join(', '),
        },
      ];

/** Each bar goes into the first row that is free by then. */
const rowsOf = (bars: readonly Bar[]): Bar[][] => {
  const rows: Bar[][] = [];
  for (const bar of bars) {
    const row = rows.find((each) => (each.at(-1)?.until ?? 0) <= bar.from);
    if (row) row.push(bar);
    else rows.push([bar]);
  }
  return rows;
};

/** Round marks of an axis, at most so many. */
export const marksOf = (from: number, until: number, most = 8): number[] => {
  const span = until - from;
  const step = STEPS_MS.find((each) => span / each <= most) ?? (STEPS_MS.at(-1) as number);
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((until - first) / step) + 1) },
    (_, index) => first + index * step,
  );
};

const STEPS_MS = [
  100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000,
  21_600_000, 86_400_000, 604_800_000, 2_592_000_000,
];
