import { describe, expect, it } from 'vitest';
import { readSettings } from './settings-text';
import { startCommand, withoutPasswords } from './start-command';

const GOALS = [
  { guideline: '2020.06', program: 'compute' },
  { guideline: '2020.06', program: 'object' },
];

describe('the command that starts a certification', () => {
  it('names the cloud, the goals and the tester, and nothing that goes without saying', () => {
    expect(
      startCommand({ deployment: 'shop', goals: GOALS, tester: 'n1.lab.test', scope: { kind: 'must-pass' }, note: '' }),
    ).toBe('anneal certify start shop --goal 2020.06/compute,2020.06/object --tester n1.lab.test');
  });

  it('has what else was chosen, quoted where a shell would see more in it', () => {
    expect(
      startCommand({
        deployment: 'my cloud',
        goals: GOALS.slice(0, 1),
        scope: { kind: 'capability', name: 'compute-servers' },
        concurrency: 4,
        settings: { 'compute.image_ref': '$(reboot)' },
        note: "it's the first",
      }),
    ).toBe(
      `anneal certify start 'my cloud' --goal 2020.06/compute --capability compute-servers --concurrency 4 --set 'compute.image_ref=$(reboot)' --note 'it'\\''s the first'`,
    );
  });

  it('leaves passwords to a file', () => {
    const endpoint = {
      identity_url: 'https://cloud.example.com:5000/v3',
      region: 'RegionOne',
      endpoint_type: 'public' as const,
      ca_certificate: null,
      admin: { username: 'admin', password: 'secret', project: 'admin' },
      accounts: [{ username: 'a', password: 'secret', project: 'a' }],
    } as never;
    expect(startCommand({ endpoint, goals: GOALS.slice(0, 1) })).toBe(
      'anneal certify start --endpoint endpoint.yaml --goal 2020.06/compute',
    );
    expect(JSON.stringify(withoutPasswords({ endpoint }))).not.toContain('secret');
  });
});

describe('settings of a suite', () => {
  it('are a line each', () => {
    expect(readSettings('compute.image_ref = i1\n\n  auth.x=a = b ')).toEqual({
      settings: { 'compute.image_ref': 'i1', 'auth.x': 'a = b' },
      wrong: null,
    });
  });

  it('are told where one is none', () => {
    expect(readSettings('compute.image_ref = i1\nnothing').wrong).toContain('Line 2');
    expect(readSettings('image = i1').wrong).toContain('Line 1');
  });
});
