import { byFields, type Look } from '../output/printer.js';

/** How the things that several commands list are shown. */
export const NODE_ROLE_LOOK: Look = {
  columns: [
    { field: 'role' },
    { field: 'node' },
    { field: 'deployment' },
    { field: 'state' },
    { field: 'state_since', head: 'SINCE' },
    { field: 'cohort', wide: true },
    { field: 'run_count', head: 'RUNS', wide: true },
    { field: 'failures', wide: true },
    { field: 'changed', wide: true },
    { field: 'held', wide: true },
    { field: 'id', wide: true },
    { field: 'status' },
  ],
  nameOf: byFields('name', 'id'),
};

export const RUN_LOOK: Look = {
  columns: [
    { field: 'id' },
    { field: 'node_role', head: 'NODEROLE' },
    { field: 'state' },
    { field: 'attempt' },
    { field: 'jig' },
    { field: 'rerun', wide: true },
    { field: 'started_at', head: 'STARTED' },
    { field: 'finished_at', head: 'FINISHED' },
    { field: 'exit_code', head: 'EXIT', wide: true },
    { field: 'log_lines', head: 'LINES', wide: true },
    { field: 'reason' },
  ],
  nameOf: byFields('id'),
};

export const SNAPSHOT_LOOK: Look = {
  columns: [
    { field: 'number' },
    { field: 'created_at', head: 'AGE' },
    { field: 'created_by', head: 'BY' },
    { field: 'note' },
    { field: 'deployment', wide: true },
    { field: 'id' },
  ],
  nameOf: byFields('id'),
};

export const ATTRIB_VALUE_LOOK: Look = {
  columns: [
    { field: 'name' },
    { field: 'value' },
    { field: 'origin' },
    { field: 'proposed.value', head: 'PROPOSED' },
    { field: 'kind', wide: true },
    { field: 'writable', wide: true },
    { field: 'secret', wide: true },
    { field: 'description', wide: true },
  ],
  nameOf: byFields('name'),
};

/** An address that a node has. */
export const ALLOCATION_LOOK: Look = {
  columns: [
    { field: 'address' },
    { field: 'network' },
    { field: 'range' },
    { field: 'node' },
    { field: 'chosen' },
    { field: 'category', wide: true },
    { field: 'created_at', head: 'AGE', wide: true },
    { field: 'id', wide: true },
  ],
  nameOf: (item) => String(item['address']).split('/')[0] ?? '-',
};

/** What happened to a node: runs with their length, and whatever else the history has of it. */
export const TIMELINE_LOOK: Look = {
  columns: [
    { field: 'at', head: 'AGE' },
    { field: 'kind' },
    { field: 'node_role', head: 'NODEROLE' },
    { field: 'until', head: 'ENDED' },
    { field: 'actor' },
    { field: 'data' },
    { field: 'run_id', wide: true },
  ],
  nameOf: byFields('kind'),
};

/** A neighbour in the graph. */
export const RELATIVE_LOOK: Look = {
  columns: [
    { field: 'node_role.name', head: 'NODEROLE' },
    { field: 'node_role.state', head: 'STATE' },
    { field: 'why' },
    { field: 'soft' },
    { field: 'attribs' },
    { field: 'candidates', wide: true },
  ],
  nameOf: (item: Readonly<Record<string, unknown>>) =>
    String((item['node_role'] as { name?: unknown } | undefined)?.name ?? '-'),
};

export const REPORT_LOOK: Look = {
  columns: [
    { field: 'part' },
    { field: 'subject' },
    { field: 'severity' },
    { field: 'says' },
    { field: 'times' },
    { field: 'last_at', head: 'LAST' },
    { field: 'resolved_at', head: 'RESOLVED' },
    { field: 'id', wide: true },
  ],
  nameOf: byFields('subject'),
};
