import { describe, expect, it } from 'vitest';
import type { NodeId } from '../base/ids.js';
import { documentsOf } from './documents-of.js';
import { eventsSince } from './resume.js';

const nodeId = 'n1' as NodeId;

describe('the documents that an event concerns', () => {
  it('are the machine, where something changed that packets are answered from', () => {
    const machine = [{ kind: 'machine', node: nodeId }];
    for (const kind of ['node.created', 'node.deleted', 'node.moved', 'node_role.proposed', 'node_role.unbound'])
      expect([kind, documentsOf({ kind, nodeId })]).toEqual([kind, machine]);
    expect(documentsOf({ kind: 'node.changed', nodeId, data: { fields: ['description', 'macs'] } })).toEqual(machine);
    expect(documentsOf({ kind: 'allocation.made', nodeId })).toEqual(machine);
    expect(documentsOf({ kind: 'allocation.released', nodeId })).toEqual(machine);
    expect(documentsOf({ kind: 'something.new', nodeId })).toEqual(machine);
  });

  it('are none for what runs and probes do all day', () => {
    for (const kind of ['node_role.todo', 'node_role.transition', 'node_role.active', 'run.finished', 'node.alive'])
      expect([kind, documentsOf({ kind, nodeId })]).toEqual([kind, []]);
    expect(documentsOf({ kind: 'node.changed', nodeId, data: { fields: ['description', 'notes'] } })).toEqual([]);
    expect(documentsOf({ kind: 'deployment.created', deploymentId: 'd1' })).toEqual([]);
  });

  it('are all of a kind of which there are few', () => {
    expect(documentsOf({ kind: 'network_range.changed' })).toEqual([{ kind: 'network', every: true }]);
    for (const kind of ['bootenv.created', 'template.changed'])
      expect(documentsOf({ kind })).toEqual([{ kind: 'bootenv', every: true }]);
    expect(documentsOf({ kind: 'dns_filter.changed' })).toEqual([{ kind: 'name-filter', every: true }]);
    for (const kind of ['dns_zone.created', 'dns_record.deleted'])
      expect(documentsOf({ kind })).toEqual([{ kind: 'zone', every: true }]);
    expect(documentsOf({ kind: 'setting.changed' })).toEqual([{ kind: 'services', every: true }]);
  });

  it('are the machines of a deployment that has another name, and all where a hint may have become a secret', () => {
    expect(documentsOf({ kind: 'deployment.changed', deploymentId: 'd1' })).toEqual([
      { kind: 'machine', deployment: 'd1' },
    ]);
    expect(documentsOf({ kind: 'barclamp.imported' })).toEqual([{ kind: 'machine', every: true }]);
  });
});

describe('a reader of the history', () => {
  const event = (seq: number, at = `t${seq}`) => ({ seq, at });

  it('goes on after the event that it saw last', () => {
    const piece = { last: 7, events: [event(5), event(6), event(7)] };
    expect(eventsSince({ seq: 5, at: 't5' }, piece)).toEqual([event(6), event(7)]);
    expect(eventsSince({ seq: 7, at: 't7' }, { last: 7, events: [event(7)] })).toEqual([]);
  });

  it('goes on where the event itself was forgotten, and what follows was not', () => {
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 6, events: [event(6)] })).toEqual([event(6)]);
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 5, events: [] })).toEqual([]);
  });

  it('begins anew when a piece is missing, when the history is another one, and at the first time', () => {
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 9, events: [event(7), event(8), event(9)] })).toBeNull();
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 9, events: [] })).toBeNull();
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 4, events: [] })).toBeNull();
    expect(eventsSince({ seq: 5, at: 't5' }, { last: 6, events: [event(5, 'other'), event(6)] })).toBeNull();
    expect(eventsSince({ seq: 0, at: null }, { last: 0, events: [] })).toBeNull();
  });
});
