import type { PoolClient } from 'pg';
import type { EnrolmentRuleView, NewEnrolmentRule } from '#app';
import { idOf, type EnrolmentEffects, type MachineMatch } from '#core';
import { PgEditedStore, type Edited } from '../dns/edited-store.js';

interface Row {
  id: string;
  name: string;
  description: string;
  priority: number;
  enabled: boolean;
  final: boolean;
  match: MachineMatch;
  effects: EnrolmentEffects;
  version: string;
}

const RULES: Edited<Row, EnrolmentRuleView> = {
  table: 'enrolment_rules',
  key: 't.name',
  columns: {
    id: 'id',
    name: 'name',
    description: 'description',
    priority: 'priority',
    enabled: 'enabled',
    final: 'final',
    match: 'match',
    effects: 'effects',
  },
  shape: {
    things: 'enrolment rules',
    select: 't.id, t.name, t.description, t.priority, t.enabled, t.final, t.match, t.effects, t.version',
    from: 'FROM enrolment_rules t',
    id: 't.id',
    fields: {
      id: { sql: 't.id', type: 'uuid' },
      name: { sql: 't.name', type: 'text' },
      priority: { sql: 't.priority', type: 'number' },
      enabled: { sql: 't.enabled', type: 'boolean' },
    },
    sort: [{ field: 'priority' }, { field: 'name' }],
  },
  toView: ({ id, version, ...row }) => ({ ...pick(row), id: idOf(id), version: Number(version) }),
};

/** Without what a page adds to its rows. */
const pick = ({ name, description, priority, enabled, final, match, effects }: Omit<Row, 'id' | 'version'>) => ({
  name,
  description,
  priority,
  enabled,
  final,
  match,
  effects,
});

export class PgEnrolmentRuleStore extends PgEditedStore<Row, EnrolmentRuleView, NewEnrolmentRule> {
  constructor(client: PoolClient) {
    super(client, RULES);
  }
}
