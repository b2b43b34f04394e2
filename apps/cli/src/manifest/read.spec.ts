import { describe, expect, it } from 'vitest';
import { Stop } from '../exit.js';
import { readManifests } from './read.js';

const faultsOf = (text: string): string => {
  try {
    readManifests(text, 'web.yml');
  } catch (error) {
    return (error as Stop).advice ?? '';
  }
  return 'it was read';
};

describe('a deployment in a file', () => {
  it('has a name, values for roles, and nodes with roles and values', () => {
    const [web] = readManifests(
      `
name: web
parent: system
priority: 2
roles:
  web-server: { web-root: /srv }
nodes:
  node-1.example.test:
    attribs: { location: rack-3 }
    roles:
      web-server:
      motd: { motd-text: hello }
  node-2.example.test: [web-server]
  node-3.example.test:
`,
      'web.yml',
    );
    expect(web).toEqual({
      name: 'web',
      parent: 'system',
      priority: 2,
      roles: [{ name: 'web-server', data: { 'web-root': '/srv' } }],
      nodes: [
        {
          name: 'node-1.example.test',
          attribs: { location: 'rack-3' },
          roles: [
            { name: 'web-server', data: {} },
            { name: 'motd', data: { 'motd-text': 'hello' } },
          ],
        },
        { name: 'node-2.example.test', attribs: {}, roles: [{ name: 'web-server', data: {} }] },
        { name: 'node-3.example.test', attribs: {}, roles: [] },
      ],
    });
  });

  it('may stand with others in one file, as JSON, and with aliases', () => {
    expect(readManifests('name: a\n---\nname: b\n', 'f').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(readManifests('{"name": "a", "nodes": {"n": ["r"]}}', 'f')[0]?.nodes[0]?.roles).toEqual([
      { name: 'r', data: {} },
    ]);
    expect(
      readManifests('name: a\nnodes:\n  x: &both { roles: [r, s] }\n  y: *both\n', 'f')[0]?.nodes[1]?.roles,
    ).toHaveLength(2);
  });

  it('is refused whole, with the line of everything that is wrong', () => {
    expect(faultsOf('name: 7up\nnods: {}\npriority: high\nnodes:\n  a: { role: [x] }\n  b: 3\n').split('\n')).toEqual([
      'web.yml:2:1: a deployment has no field "nods"; there are name, parent, description, priority, roles, nodes',
      expect.stringMatching(/^web\.yml:1:7: "7up" is no name/),
      'web.yml:3:11: priority must be a whole number',
      'web.yml:5:8: the node a has no field "role"; there are member, attribs, roles',
      'web.yml:6:6: the node b must be a mapping with member, attribs, roles',
    ]);
  });

  it.each([
    ['', 'it holds no deployment'],
    ['- a', 'a deployment must be a mapping'],
    ['parent: system', 'the deployment has no name'],
    ['name: a\n---\nname: a', 'the deployment a stands in it twice'],
    ['name: "a\nb', 'web.yml:'],
    ['name: a\nroles: { r: 5 }', 'the role r: values stand as attrib: value'],
  ])('%j: %s', (text, says) => expect(faultsOf(text)).toContain(says));

  it('says which nodes belong to it', () => {
    const [web] = readManifests(
      'name: web\nnodes:\n  n1: { member: true, roles: [motd] }\n  n2: { member: false }',
      'web.yml',
    );
    expect(web?.nodes).toEqual([
      { name: 'n1', member: true, attribs: {}, roles: [{ name: 'motd', data: {} }] },
      { name: 'n2', attribs: {}, roles: [] },
    ]);
    expect(faultsOf('name: web\nnodes: { n1: { member: perhaps } }')).toContain(
      'web.yml:2:24: member of n1 must be true or false',
    );
  });
});
