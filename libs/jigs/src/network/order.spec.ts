import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EMPTY_PLAN, renderNetwork, type NetworkPlan } from '#core';
import { NETWORK_EXAMPLES } from '#testkit';
import { readFacts, type NodeFacts } from './facts.js';
import { orderFiles, orderFor } from './order.js';

const BARE = readFacts(
  [
    ['service', 'networkd', 'active'],
    ...['eth0', 'eth1', 'eth2', 'eth3'].map((name) => ['link', name, 'physical', '', '', '']),
  ]
    .map((words) => words.join('\t'))
    .join('\n'),
);

/** What the node would tell when the plan has been carried out. */
const carriedOut = (plan: NetworkPlan): NodeFacts => ({
  ...BARE,
  present: {
    ...BARE.present,
    links: plan.links.map(({ name, kind, master, vlan, addresses }) => ({
      name,
      kind,
      master,
      vlan,
      addresses: addresses.map(({ address }) => ({ address, dynamic: false })),
    })),
    before: plan,
  },
  files: new Map(
    renderNetwork('networkd', plan, 'links').files.map(({ path, content }) => [
      path,
      createHash('sha256').update(content).digest('hex'),
    ]),
  ),
});

describe('orderFor', () => {
  it.each(Object.entries(NETWORK_EXAMPLES))('has nothing to do where "%s" was carried out', (_, plan) => {
    expect(orderFor(plan, 'networkd', BARE).nothingToDo).toBe(false);
    expect(orderFor(plan, 'networkd', carriedOut(plan)).nothingToDo).toBe(true);
  });

  it('writes again what somebody has changed or deleted', () => {
    const plan = NETWORK_EXAMPLES['plain, v4']!;
    const facts = carriedOut(plan);
    for (const digest of ['0', null])
      expect(
        orderFor(plan, 'networkd', { ...facts, files: new Map([...facts.files].map(([path]) => [path, digest])) })
          .nothingToDo,
      ).toBe(false);
  });

  it('deletes the files of ours that nothing asks for any more, also those of another family', () => {
    const facts = carriedOut(NETWORK_EXAMPLES['plain, v4']!);
    const path = '/etc/systemd/network/05-anneal-eth0.network';
    expect(orderFor(EMPTY_PLAN, 'networkd', facts).removed).toEqual([path]);
    expect(orderFor(NETWORK_EXAMPLES['plain, v4']!, 'ifupdown', facts)).toMatchObject({
      removed: [path],
      nothingToDo: false,
    });
  });
});

describe('orderFiles', () => {
  it('says everything in lines of words, none of which is empty or has a tab in it', () => {
    for (const plan of Object.values(NETWORK_EXAMPLES)) {
      const order = orderFor(plan, 'networkd', BARE);
      const files = orderFiles('f00', 90, 'networkd', plan, order);
      const lines = files
        .find(({ path }) => path === 'order')!
        .content.trimEnd()
        .split('\n');
      expect(lines.slice(0, 3)).toEqual(['id\tf00', 'seconds\t90', 'family\tnetworkd']);
      for (const line of lines) expect(line.split('\t').every((word) => word !== '')).toBe(true);
      for (const [number, { path }] of order.rendered.files.entries()) {
        expect(lines).toContain(`write\t644\t${number}\t${path}`);
        expect(files.some((file) => file.path === `files/${number}`)).toBe(true);
      }
      expect(JSON.parse(files.find(({ path }) => path === 'plan.json')!.content)).toEqual(plan);
    }
  });
});
