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
  columns: [{ field: 'number' }, { field: 'created_at', head: 'AGE' }, { field: 'created_by', head: 'BY' }, { field: 'note' }, { field: 'deployment', wide: true }, { field: 'id' }],
  nameOf: byFields('id'),
};

export const ATTRIB_LOOK: Look = {
  columns: [{ field: 'name' }, { field: 'value' }, { field: 'from' }, { field: 'kind', wide: true }, { field: 'writable', wide: true }, { field: 'description', wide: true }],
  nameOf: byFields('name', 'attrib'),
};

export const EVENT_LOOK: Look = {
  columns: [{ field: 'seq' }, { field: 'at', head: 'AGE' }, { field: 'kind' }, { field: 'actor' }, { field: 'data' }, { field: 'node_role_id', wide: true }, { field: 'run_id', wide: true }],
  nameOf: byFields('seq'),
};
