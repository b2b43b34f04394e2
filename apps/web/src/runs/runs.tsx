import { Anchor, Badge } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconHourglass,
  IconLoader2,
  IconPlugConnectedX,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { call, type AnswerOf } from '../api/call';
import { usePages, type Pages } from '../api/pages';
import { useLive } from '../live/live';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';

export type Run = Omit<AnswerOf<'/api/v2/runs/{key}', 'get'>, 'input' | 'outputs'>;

const STATES: Readonly<Record<Run['state'], readonly [Icon: TablerIcon, color: string]>> = {
  queued: [IconClock, 'gray'],
  running: [IconLoader2, 'blue'],
  waiting: [IconHourglass, 'blue'],
  succeeded: [IconCircleCheck, 'green'],
  failed: [IconAlertTriangle, 'red'],
  'not-yet': [IconHourglass, 'yellow'],
  'lost-contact': [IconPlugConnectedX, 'orange'],
  cancelled: [IconCircleX, 'gray'],
};

/** The state of a run as word, icon and colour. */
export const RunState = ({ state }: { readonly state: Run['state'] }) => {
  const [Icon, color] = STATES[state];
  return (
    <Badge
      variant="outline"
      color={color}
      tt="none"
      c="var(--mantine-color-text)"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {state.replace('-', ' ')}
    </Badge>
  );
};

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** How long a run took, from its start to its end or until now; nothing when it has not begun. */
export const tookOf = ({ started_at: started, finished_at: finished }: Run, now = Date.now()): string => {
  if (started === null) return '—';
  const seconds = Math.max(0, ((finished === null ? now : Date.parse(finished)) - Date.parse(started)) / 1_000);
  if (seconds < MINUTE_S) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR_S) return `${Math.floor(whole / MINUTE_S)} min ${whole % MINUTE_S} s`;
  return `${Math.floor(whole / HOUR_S)} h ${Math.floor((whole % HOUR_S) / MINUTE_S)} min`;
};

/** How it came out, in a sentence where there is one. */
export const outcomeOf = ({ reason, exit_code: code }: Run): string => {
  const exit = code === null ? '' : `exit code ${code}`;
  return [reason, exit].filter((each) => each !== '').join(', ') || '—';
};

const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'queued_at',
    label: 'Run',
    cell: ({ id, queued_at: at }) => (
      <Anchor component={Link} to={`/runs/${id}`} size="sm" title={at}>
        {at.slice(0, 19).replace('T', ' ')}
      </Anchor>
    ),
    width: 1.4,
  },
  { id: 'state', label: 'State', cell: ({ state }) => <RunState state={state} /> },
  { id: 'since', label: 'When', cell: ({ started_at: at, queued_at: queued }) => <Since at={at ?? queued} /> },
  { id: 'took', label: 'Took', cell: (run) => tookOf(run) },
  { id: 'attempt', label: 'Attempt', cell: ({ attempt }) => attempt, width: 0.8 },
  { id: 'outcome', label: 'Outcome', cell: (run) => <span title={outcomeOf(run)}>{outcomeOf(run)}</span>, width: 2 },
  { id: 'lines', label: 'Lines', cell: ({ log_lines: lines }) => lines, width: 0.6 },
];

/** All runs of a noderole, the newest first; each opens with its log. */
export const RunsOf = ({ nodeRole }: { readonly nodeRole: string }) => {
  const query = usePages<Run>(
    call('get', '/api/v2/node_roles/{key}/runs', { path: { key: nodeRole }, query: { limit: '50' } }),
  );
  return <RunRows of={query} columns={COLUMNS} empty="It has not run yet." />;
};

const ROLE: Column<Run> = {
  id: 'node_role',
  label: 'Noderole',
  width: 2,
  cell: ({ node_role: name, node_role_id: id }) => (
    <Anchor component={Link} to={`/node-roles/${id}`} size="sm" title={name}>
      {name}
    </Anchor>
  ),
};

/** All runs on a node, of whichever of its noderoles, the newest first; each opens with its log. */
export const RunsOn = ({ node }: { readonly node: string }) => {
  const query = usePages<Run>(
    call('get', '/api/v2/runs', { query: { filter: `node_id eq ${node}`, sort: '-queued_at', limit: '50' } }),
  );
  useLive({ node, kind: 'node_role.*' }, ['runs']);
  return (
    <RunRows
      of={query}
      columns={[...COLUMNS.slice(0, 1), ROLE, ...COLUMNS.slice(1)]}
      empty="Nothing has run on it yet."
    />
  );
};

const RunRows = (props: {
  readonly of: Pages<Run>;
  readonly columns: readonly Column<Run>[];
  readonly empty: string;
}) => <Rows {...props} idOf={({ id }: Run) => id} label="Runs" height={400} />;
