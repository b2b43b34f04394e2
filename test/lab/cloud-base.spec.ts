import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT, freePort } from '#runtime';
import { LabApi } from '../../deploy/lab/api.js';
import { openFleets } from '../../deploy/lab/fleet.js';
import { closeGaps, findGaps } from '../../deploy/lab/requirements.js';
import { certifiedByProfile, certifiedByPublished, noGuideline } from './cloud/identity-and-images.js';

/**
 * The smallest cloud that a guideline has tests for: keystone and glance on a container node, built by the graph as the lab
 * builds it, and then tested over REST.
 */
/** Packages of a cold cache, on a machine that others use as well. */
const BUILD_MS_MAX = 1_800_000;
const TESTS_MS_MAX = 600_000;
const DOWN_MS_MAX = 120_000;
const LOOK_MS = 1_000;
const NODE = 'node-1.lab.test';

const gaps = await closeGaps(await findGaps(), (line) => console.log(`lab: ${line}`));
if (gaps.length > 0) console.log(`lab: skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

describe.skipIf(gaps.length > 0)('a cloud of identity and images on a container node', () => {
  let home: string;
  let api: LabApi;

  const lab = async (args: readonly string[], timeout: number): Promise<string> => {
    const argv = [join(CHECKOUT, 'dist/deploy/lab/main.js'), ...args];
    const env = { ...process.env, ANNEAL_HOME: home };
    return (await promisify(execFile)(process.execPath, argv, { env, timeout, maxBuffer: 64 * 1_048_576 })).stdout;
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'anneal-lab-'));
    const port = ['--port', String(await freePort())];
    await lab(['--cloud', '--flavour', 'identity-and-images', '--no-certify', ...port], BUILD_MS_MAX);
    const read = (file: string): string => readFileSync(join(home, file), 'utf8').trim();
    api = new LabApi(read('address'), read('admin-token'));
    process.env['ANNEAL_HOME'] = home;
  }, BUILD_MS_MAX);

  afterAll(async () => {
    delete process.env['ANNEAL_HOME'];
    await lab(['--down'], DOWN_MS_MAX);
    rmSync(home, { recursive: true, force: true });
  }, DOWN_MS_MAX);

  it('answers where its roles say, to whoever comes from outside', async () => {
    const wallOf = async (role: string): Promise<Record<string, { url: string }>> =>
      (await api.get<{ wall: Record<string, { url: string }> }>(`node_roles/${role}@${NODE}`)).wall;
    const [fleet] = await openFleets();
    const keystone = (await wallOf('keystone'))['keystone-endpoint']?.url;
    const glance = (await wallOf('glance-api'))['glance-endpoint']?.url;
    expect(keystone).toBe(`http://${fleet?.nodes[0]?.address}:5000/v3`);
    expect((await fetch(`${keystone}`)).status).toBe(200);
    expect((await fetch(`${glance}/versions`)).status).toBe(200);
    // Nobody who has no token is told anything.
    expect((await fetch(`${glance}/v2/images`)).status).toBe(401);
  });

  it(
    'meets what the shipped profile asks of identity and images',
    async () => {
      const { state, counts, verdicts } = await certifiedByProfile(api);
      expect(state).toBe('finished');
      expect(counts.passed).toBe(counts.total);
      expect(verdicts.map(({ met }) => met)).toEqual([true]);
    },
    TESTS_MS_MAX,
  );

  it.skipIf(noGuideline !== '')(
    `passes the 27 tests of identity and images that 2020.06 demands${noGuideline}`,
    async () => {
      const { names, certification } = await certifiedByPublished(api);
      expect(names).toHaveLength(27);
      const { state, counts } = certification;
      expect({ state, ...counts }).toMatchObject({ state: 'finished', total: 27, passed: 27 });
    },
    TESTS_MS_MAX,
  );

  it(
    'changes nothing when its roles are run again',
    async () => {
      const runsOf = (role: string): Promise<{ id: string; state: string }[]> =>
        api.list(`node_roles/${role}@${NODE}/runs`);
      const before = (await runsOf('keystone')).length;
      await api.put(`node_roles/keystone@${NODE}/retry`);
      for (;;) {
        const runs = await runsOf('keystone');
        if (runs.length > before && runs.every(({ state }) => state !== 'running' && state !== 'queued')) break;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      const { lines } = await api.get<{ lines: { text: string }[] }>(`node_roles/keystone@${NODE}/log`);
      const said = lines.map(({ text }) => text).join('\n');
      expect(said).toContain('all packages are here');
      expect(said).toContain('keystone runs with this configuration already');
      expect(said).not.toMatch(/ is new$/m);
    },
    TESTS_MS_MAX,
  );
});
