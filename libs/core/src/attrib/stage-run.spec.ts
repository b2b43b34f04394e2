import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import type { Json } from '../base/json.js';
import { placeAttrib, type Attrib } from './attrib.js';
import type { AttribSources } from './layers.js';
import { stageRun, type StageRequest } from './stage-run.js';

const attrib = (name: string, also: { map?: string; default?: Json; secret?: boolean } = {}): Attrib => {
  const placed = placeAttrib({ name, map: name, schema: null, ...also });
  if (isRefusal(placed)) throw new Error(placed.detail);
  return placed;
};

const wall = (data: Record<string, Json>): AttribSources => ({ 'node_role.wall': { data, object: 'it' } });

const request = (also: Partial<StageRequest> = {}): StageRequest => ({
  role: { name: 'web', attribs: [], wants: [] },
  node: { name: 'n1.example.com', address: '10.0.0.1', bootenv: 'local', sources: {}, quirks: [] },
  deployment: 'rack-3',
  own: {},
  links: [],
  ...also,
});

describe('the input of a run', () => {
  it('says where it runs, and holds no more for a role without attributes', () => {
    expect(stageRun(request({ own: wall({ port: 1 }) }))).toEqual({
      input: {
        attribs: {},
        node: { name: 'n1.example.com', address: '10.0.0.1', bootenv: 'local' },
        deployment: 'rack-3',
        role: 'web',
      },
      provenance: {},
      missing: [],
    });
  });

  it('holds hints, reservations and quirks of the node when there are any', () => {
    const hints = { reservations: { disks: ['wwn-1'] }, address: '10.0.0.9' };
    const node = { ...request().node, sources: { 'node.hint': { data: hints, object: 'n1' } }, quirks: ['bmc-slow'] };
    expect(stageRun(request({ node })).input).toMatchObject({
      hints,
      reservations: { disks: ['wwn-1'] },
      quirks: ['bmc-slow'],
    });
    expect(stageRun(request({ node: { ...node, sources: {}, quirks: [] } })).input).not.toHaveProperty('hints');
  });

  it("holds the role's own attributes by name, and says which have no value", () => {
    const staged = stageRun(
      request({
        role: { name: 'web', attribs: [attrib('port', { map: 'web/port' }), attrib('user')], wants: [] },
        own: wall({ web: { port: 80 }, stray: 1 }),
      }),
    );
    expect(staged.input.attribs).toEqual({ port: 80 });
    expect(staged.missing).toEqual(['user']);
    expect(staged.provenance).toEqual({ port: [{ layer: 'node_role.wall', object: 'it' }] });
  });

  it('holds wanted attributes of the node it runs on', () => {
    const sources: AttribSources = { 'node.inventory': { data: { cpu: { count: 8 } }, object: 'n1' } };
    const role = {
      name: 'web',
      attribs: [],
      wants: [{ attrib: attrib('cpus', { map: 'cpu/count' }), of: { kind: 'node' as const } }],
    };
    expect(stageRun(request({ role, node: { ...request().node, sources } })).input.attribs).toEqual({ cpus: 8 });
  });

  const linked = (attribName: string, node: string, data: Record<string, Json>) => ({
    attrib: attribName,
    node: { name: node, address: `addr-${node}` },
    sources: wall(data),
  });

  it('holds wanted attributes of the parent that they are linked to', () => {
    const role = {
      name: 'web',
      attribs: [],
      wants: [{ attrib: attrib('db-port'), of: { kind: 'role' as const, cluster: false } }],
    };
    const links = [linked('other', 'n0', { 'db-port': 1 }), linked('db-port', 'n2', { 'db-port': 5432 })];
    expect(stageRun(request({ role, links, own: wall({ 'db-port': 9 }) })).input.attribs).toEqual({ 'db-port': 5432 });
    expect(stageRun(request({ role })).missing).toEqual(['db-port']);
  });

  it('holds a list with all instances, by name of node, for an attribute of a cluster role', () => {
    const role = {
      name: 'lb',
      attribs: [],
      wants: [{ attrib: attrib('port'), of: { kind: 'role' as const, cluster: true } }],
    };
    const links = [linked('port', 'n3', { port: 3 }), linked('port', 'n2', {}), linked('port', 'n1', { port: 1 })];
    const staged = stageRun(request({ role, links }));
    expect(staged.input.attribs['port']).toEqual([
      { node: 'n1', address: 'addr-n1', value: 1 },
      { node: 'n2', address: 'addr-n2', value: null },
      { node: 'n3', address: 'addr-n3', value: 3 },
    ]);
    expect(stageRun(request({ role })).input.attribs['port']).toEqual([]);
  });

  it('is laid out by path as well when asked for, where the role wants it', () => {
    const role = {
      name: 'web',
      attribs: [attrib('port', { map: 'web/port' })],
      wants: [
        {
          attrib: attrib('dns', { map: 'net/dns' }),
          at: ['web', 'dns'],
          of: { kind: 'role' as const, cluster: false },
        },
      ],
    };
    const staged = stageRun(
      request({
        role,
        own: wall({ web: { port: 80 } }),
        links: [linked('dns', 'n2', { net: { dns: ['::1'] } })],
        tree: true,
      }),
    );
    expect(staged.input.tree).toEqual({ web: { dns: ['::1'], port: 80 } });
  });

  it('names the attributes whose values must not be shown', () => {
    const role = { name: 'web', attribs: [attrib('password', { secret: true }), attrib('port')], wants: [] };
    expect(stageRun(request({ role, own: wall({ password: 'x', port: 1 }) })).input.secrets).toEqual(['password']);
  });
});
