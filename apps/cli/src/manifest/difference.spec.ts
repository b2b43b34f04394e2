import { describe, expect, it } from 'vitest';
import { asksForEdits, differenceOf, differsVisibly } from './difference.js';
import type { Live } from './live.js';
import type { Manifest } from './manifest.js';

const manifest: Manifest = {
  name: 'web',
  parent: 'system',
  priority: 2,
  roles: [{ name: 'server', data: { port: 8080, tls: { min: 'v1.2' } } }],
  nodes: [
    {
      name: 'N1.example.test',
      attribs: { rack: 'r3' },
      roles: [
        { name: 'server', data: {} },
        { name: 'motd', data: { text: 'hello' } },
      ],
    },
    { name: 'n2.example.test', attribs: {}, roles: [{ name: 'server', data: {} }] },
  ],
};
const bound = (role: string, node: string, deployment = 'web', state = 'active') => ({
  name: `${role}@${node}`,
  role,
  node,
  deployment,
  state,
  run_count: state === 'proposed' ? 0 : 1,
});
const nothing: Live = {
  deployment: null,
  roleData: new Map(),
  nodeRoles: [],
  nodeRoleData: new Map(),
  nodeAttribs: new Map(),
  homes: new Map(),
  superfluous: [],
  secrets: new Set(),
};
const asItSays: Live = {
  deployment: { name: 'web', description: '', parent: 'system', priority: 2, wish: 'committed' },
  roleData: new Map([['server', { port: 8080, tls: { min: 'v1.2', max: 'v1.3' }, other: 1 }]]),
  nodeRoles: [bound('server', 'n1.example.test'), bound('server', 'n2.example.test'), bound('motd', 'n1.example.test')],
  nodeRoleData: new Map([['motd@n1.example.test', { text: 'hello' }]]),
  nodeAttribs: new Map([['N1.example.test', new Map([['rack', 'r3']])]]),
  homes: new Map(),
  superfluous: [],
  secrets: new Set(),
};

describe('what has to be done for a deployment to be what its file says', () => {
  it('is everything when there is nothing', () => {
    const difference = differenceOf(manifest, nothing);
    expect(difference).toMatchObject({
      create: true,
      as: { parent: 'system', priority: 2 },
      bind: [
        { role: 'server', node: 'n1.example.test' },
        { role: 'motd', node: 'n1.example.test' },
        { role: 'server', node: 'n2.example.test' },
      ],
      roles: [{ role: 'server', data: { port: 8080, tls: { min: 'v1.2' } } }],
      nodeRoles: [{ nodeRole: 'motd@n1.example.test', data: { text: 'hello' } }],
      nodes: [{ node: 'N1.example.test', attrib: 'rack', value: 'r3' }],
      open: true,
    });
    expect(asksForEdits(difference)).toBe(true);
  });

  it('is nothing when it is so, whatever else is there', () => {
    const difference = differenceOf(manifest, asItSays);
    expect(difference).toEqual({
      create: false,
      as: {},
      move: [],
      bind: [],
      unbind: [],
      roles: [],
      nodeRoles: [],
      nodes: [],
      changes: [],
      open: false,
    });
    expect(asksForEdits(difference)).toBe(false);
  });

  it('is only the values that differ, deep inside of documents too', () => {
    const live = {
      ...asItSays,
      roleData: new Map([['server', { port: 80, tls: { min: 'v1.2' } }]]),
      deployment: { ...asItSays.deployment!, priority: 0 },
    };
    const difference = differenceOf(
      { ...manifest, roles: [{ name: 'server', data: { port: 8080, tls: { min: 'v1.3' }, other: null } }] },
      live,
    );
    expect(difference.roles).toEqual([{ role: 'server', data: { port: 8080, tls: { min: 'v1.3' } } }]);
    expect(difference.changes).toEqual([
      { of: 'server@web', attrib: 'port', before: 80, after: 8080 },
      { of: 'server@web', attrib: 'tls.min', before: 'v1.2', after: 'v1.3' },
    ]);
    expect(difference.as).toEqual({ priority: 2 });
  });

  it('takes a value away where the file has null', () => {
    const wanted = { ...manifest, roles: [{ name: 'server', data: { port: null } }] };
    expect(differenceOf(wanted, asItSays).roles).toEqual([{ role: 'server', data: { port: null } }]);
  });

  it('holds a secret each time, and does not call it a change', () => {
    const live = {
      ...asItSays,
      roleData: new Map([['server', { port: 8080, tls: { min: 'v1.2' }, password: '(hidden)' }]]),
    };
    const difference = differenceOf(
      { ...manifest, roles: [{ name: 'server', data: { password: 'open sesame' } }] },
      live,
    );
    expect(difference.roles).toEqual([{ role: 'server', data: { password: 'open sesame' } }]);
    expect(difference.changes).toEqual([]);
    expect(differsVisibly(difference)).toBe(false);
  });

  it('says of a secret that is new that it is set, and not to what', () => {
    const live = { ...asItSays, secrets: new Set(['password', 'tls/key']) };
    const data = { password: 'open sesame', tls: { key: 'hunter2', min: 'v1.3' } };
    const difference = differenceOf({ ...manifest, roles: [{ name: 'server', data }] }, live);
    expect(difference.roles).toEqual([{ role: 'server', data }]);
    expect(difference.changes).toEqual([
      { of: 'server@web', attrib: 'password', before: undefined, after: '(hidden)' },
      { of: 'server@web', attrib: 'tls.key', before: undefined, after: '(hidden)' },
      { of: 'server@web', attrib: 'tls.min', before: 'v1.2', after: 'v1.3' },
    ]);
  });

  it('is refused for a role that is bound to its node in another deployment', () => {
    const live = { ...asItSays, nodeRoles: [bound('server', 'n2.example.test', 'other')] };
    expect(() => differenceOf(manifest, live)).toThrow('Already bound elsewhere: server@n2.example.test in other.');
  });

  it('moves nodes that belong to it, and what is only proposed on them goes along', () => {
    const moving: Manifest = {
      ...manifest,
      nodes: manifest.nodes.map((node) => ({ ...node, member: true })),
    };
    const homes = new Map([
      ['N1.example.test', 'system'],
      ['n2.example.test', 'web'],
    ]);
    const nodeRoles = [
      bound('server', 'n1.example.test', 'system', 'proposed'),
      bound('motd', 'n1.example.test'),
      bound('server', 'n2.example.test'),
    ];
    const difference = differenceOf(moving, { ...asItSays, nodeRoles, homes });
    expect(difference).toMatchObject({
      move: [{ node: 'n1.example.test', from: 'system' }],
      bind: [],
    });
    expect(() =>
      differenceOf(moving, { ...asItSays, nodeRoles: [bound('server', 'n1.example.test', 'system')], homes }),
    ).toThrow(/elsewhere: server@n1.example.test in system/);
    expect(asksForEdits(difference) && differsVisibly(difference)).toBe(true);
    expect(differenceOf(moving, { ...asItSays, homes: new Map([...homes, ['N1.example.test', 'web']]) })).toMatchObject(
      {
        move: [],
        bind: [],
      },
    );
  });
});
