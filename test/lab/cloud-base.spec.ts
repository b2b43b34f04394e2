import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeGaps, findGaps } from '../../deploy/lab/requirements.js';
import { CloudLab, DOWN_MS_MAX } from './cloud/cloud-lab.js';
import { certifiedByProfile, certifiedByPublished, noGuideline } from './cloud/identity-and-images.js';

/**
 * The smallest cloud that a guideline has tests for: keystone and glance on a container node, built by the graph as the lab
 * builds it, and then tested over REST.
 */
/** Packages of a cold cache, on a machine that others use as well. */
const BUILD_MS_MAX = 1_800_000;
const TESTS_MS_MAX = 600_000;
const LOOK_MS = 1_000;
const NODE = 'node-1.lab.test';

const gaps = await closeGaps(await findGaps(), (line) => console.log(`lab: ${line}`));
if (gaps.length > 0) console.log(`lab: skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

describe.skipIf(gaps.length > 0)('a cloud of identity and images on a container node', () => {
  let cloud: CloudLab;
  beforeAll(async () => {
    cloud = await CloudLab.build('identity-and-images', BUILD_MS_MAX);
  }, BUILD_MS_MAX);
  afterAll(() => cloud?.close(), DOWN_MS_MAX);

  it('answers where its roles say, to whoever comes from outside', async () => {
    const keystone = (await cloud.wallOf(`keystone@${NODE}`))['keystone-endpoint']?.url;
    const glance = (await cloud.wallOf(`glance-api@${NODE}`))['glance-endpoint']?.url;
    expect(keystone).toBe(`http://${(await cloud.node(NODE)).address}:5000/v3`);
    expect((await fetch(`${keystone}`)).status).toBe(200);
    expect((await fetch(`${glance}/versions`)).status).toBe(200);
    // Nobody who has no token is told anything.
    expect((await fetch(`${glance}/v2/images`)).status).toBe(401);
  });

  it(
    'meets what the shipped profile asks of identity and images',
    async () => {
      const { state, counts, verdicts } = await certifiedByProfile(cloud.api);
      expect(state).toBe('finished');
      expect(counts.passed).toBe(counts.total);
      expect(verdicts.map(({ met }) => met)).toEqual([true]);
    },
    TESTS_MS_MAX,
  );

  it.skipIf(noGuideline !== '')(
    `passes the 27 tests of identity and images that 2020.06 demands${noGuideline}`,
    async () => {
      const { names, certification } = await certifiedByPublished(cloud.api);
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
        cloud.api.list(`node_roles/${role}@${NODE}/runs`);
      const before = (await runsOf('keystone')).length;
      await cloud.api.put(`node_roles/keystone@${NODE}/retry`);
      for (;;) {
        const runs = await runsOf('keystone');
        if (runs.length > before && runs.every(({ state }) => state !== 'running' && state !== 'queued')) break;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      const { lines } = await cloud.api.get<{ lines: { text: string }[] }>(`node_roles/keystone@${NODE}/log`);
      const said = lines.map(({ text }) => text).join('\n');
      expect(said).toContain('all packages are here');
      expect(said).toContain('keystone runs with this configuration already');
      expect(said).not.toMatch(/ is new$/m);
    },
    TESTS_MS_MAX,
  );
});
