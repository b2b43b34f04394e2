import { describe, expect, it } from 'vitest';
import type { SnapshotContent } from '../ports/commit-store.js';
import { diffSnapshots } from './diff.js';

const content = (deploymentRoles: object, nodeRoles: object = {}): SnapshotContent =>
  ({ deployment_roles: deploymentRoles, node_roles: nodeRoles }) as never;

describe('what differs between two snapshots', () => {
  it('is told value by value, by path', () => {
    const before = content({ web: { port: 80, tls: { on: false }, list: [1, 2] }, gone: {} });
    const after = content({ web: { port: 80, tls: { on: true, key: 'x' }, list: [1] }, came: {} });
    expect(diffSnapshots(before, after, new Map())).toEqual({
      deploymentRoles: {
        added: ['came'],
        removed: ['gone'],
        changed: [
          {
            name: 'web',
            values: [
              { path: 'list', before: [1, 2], after: [1] },
              { path: 'tls/key', after: 'x' },
              { path: 'tls/on', before: false, after: true },
            ],
          },
        ],
      },
      nodeRoles: { added: [], removed: [], changed: [] },
    });
  });

  it('names noderoles by role and node, and says nothing of keys in another order', () => {
    const before = content({}, { web: { 'n1.example.com': { a: 1, b: 2 }, 'n2.example.com': {} } });
    const after = content({}, { web: { 'n1.example.com': { b: 2, a: 1 } }, db: { 'n2.example.com': {} } });
    expect(diffSnapshots(before, after, new Map()).nodeRoles).toEqual({
      added: ['db@n2.example.com'],
      removed: ['web@n2.example.com'],
      changed: [],
    });
  });

  it.each([
    ['the secret itself', { login: { key: 'old' } }, { login: { key: 'new' } }],
    ['a part of it', { login: { key: { a: 'old' } } }, { login: { key: { a: 'new' } } }],
    ['what it stands in', { login: 'old' }, { login: { key: 'new' } }],
    ['its first appearance', {}, { login: { key: 'new' } }],
  ])('shows that %s differs, and not how', (_, before, after) => {
    const diff = diffSnapshots(content({ web: before }), content({ web: after }), new Map([['web', ['login/key']]]));
    expect(diff.deploymentRoles.changed).toHaveLength(1);
    expect(JSON.stringify(diff)).not.toMatch(/old|new/);
  });

  it('says of a sealed value that it differs, and not how', () => {
    const sealed = (text: string) => ({ web: { password: { $sealed: `password:${text}` } } });
    const secrets = new Map([['web', ['password']]]);
    expect(
      diffSnapshots(content(sealed('v1.a.b.c')), content(sealed('v1.a.d.e')), secrets).deploymentRoles.changed,
    ).toEqual([{ name: 'web', values: [{ path: 'password', before: '(hidden)', after: '(hidden)' }] }]);
  });
});
