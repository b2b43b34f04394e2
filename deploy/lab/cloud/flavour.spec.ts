import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { nodesWith, readFlavour, withValues } from './flavour.js';

describe('a flavour of a cloud', () => {
  it('names its nodes in the order in which the lab makes them', async () => {
    const { nodes, deployment } = await readFlavour('one-controller');
    expect(deployment).toBe('cloud');
    expect(nodes[0]).toBe('control-1.lab.test');
    expect(new Set(nodes).size).toBe(4);
  });

  it('says which there are where there is none of that name', async () => {
    await expect(readFlavour('two-controllers')).rejects.toThrow(/all-in-one, identity-and-images, one-controller/);
  });

  it('keeps its own values under those that only the lab knows', async () => {
    const flavour = await readFlavour('three-controllers');
    const text = withValues(flavour, { 'openstack-base': { 'openstack-virtual-address': '10.77.9.250' } });
    const read = parse(text) as { roles: Record<string, unknown>; nodes: Record<string, { roles: string[] }> };
    expect(read.roles).toMatchObject({
      ...flavour.document.roles,
      'openstack-base': { 'openstack-virtual-address': '10.77.9.250' },
    });
    expect(Object.keys(read.nodes)).toEqual(flavour.nodes);
  });

  it('knows which node has a role', async () => {
    const flavour = await readFlavour('one-controller');
    expect(nodesWith(flavour, 'keystone')).toEqual(['control-1.lab.test']);
    expect(nodesWith(flavour, 'nova-compute')).toEqual(['compute-1.lab.test', 'compute-2.lab.test']);
    expect(nodesWith(await readFlavour('identity-and-images'), 'nova-compute')).toEqual([]);
  });
});
