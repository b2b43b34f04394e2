import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_PACKET, type SubunitPacket, type SubunitStatus } from '../subunit/packet.js';
import { gatherOutcomes, OutcomeGatherer } from './gather-outcomes.js';
import { TRACEBACK_CHARS_MAX } from './outcome.js';
import { classOf, asSuiteTest } from './suite-test.js';

const ids = ['create', 'delete', 'show'].map((verb) => `api.servers.Servers.test_${verb}[id-${verb},smoke]`);
const other = 'api.images.Images.test_list[id-list]';
const list = [...ids, other].map(asSuiteTest);

const packet = (testId: string, status: SubunitStatus | null, more: Partial<SubunitPacket> = {}): SubunitPacket => ({
  ...EMPTY_PACKET,
  testId,
  status,
  tags: ['worker-1'],
  ...more,
});
const at = (seconds: number, nanoseconds = 0) => ({ timestamp: { seconds, nanoseconds } });
const file = (name: string, text: string) => ({ file: { name, content: new TextEncoder().encode(text) } });

const statusesOf = (packets: readonly SubunitPacket[]): Record<string, string> => {
  const { outcomes } = gatherOutcomes(list, packets, 'the end');
  return Object.fromEntries(outcomes.map(({ name, status }) => [name.split('.').at(-1)!, status]));
};

describe('a line of a suite', () => {
  it('is a name without the brackets, an id, and keeps the scenario', () => {
    expect(asSuiteTest(' a.B.test_c[id-1,smoke](ipv6) \n')).toEqual({
      fullId: 'a.B.test_c[id-1,smoke](ipv6)',
      name: 'a.B.test_c(ipv6)',
      id: 'id-1',
    });
    expect(asSuiteTest('a.B.test_c[smoke]')).toMatchObject({ name: 'a.B.test_c', id: null });
    expect(asSuiteTest('plain')).toEqual({ fullId: 'plain', name: 'plain', id: null });
    expect(classOf('a.B.test_c(ipv6.x)')).toBe('a.B');
  });
});

describe('outcomes', () => {
  it('come as soon as a test ends, with how long it took and on which worker', () => {
    const gatherer = new OutcomeGatherer(list);
    expect(gatherer.add(packet(ids[0]!, 'exists'))).toEqual([]);
    expect(gatherer.underWay()).toEqual([]);
    expect(gatherer.add(packet(ids[0]!, 'inprogress', at(100, 900_000_000)))).toEqual([]);
    expect(gatherer.underWay()).toEqual([{ name: 'api.servers.Servers.test_create', worker: 'worker-1' }]);
    expect(gatherer.add(packet(ids[0]!, 'success', at(102, 400_000_000)))).toEqual([
      {
        name: 'api.servers.Servers.test_create',
        id: 'id-create',
        status: 'passed',
        seconds: 1.5,
        worker: 'worker-1',
        reason: null,
        traceback: null,
      },
    ]);
    expect(gatherer.underWay()).toEqual([]);
  });

  it('say why a test was skipped, and how it failed, put together from all pieces', () => {
    const { outcomes } = gatherOutcomes(
      list,
      [
        packet(ids[0]!, 'inprogress', at(1)),
        packet(ids[0]!, null, file('pythonlogging:', 'x'.repeat(100))),
        packet(ids[0]!, null, file('reason', 'no ')),
        packet(ids[0]!, 'skip', { ...at(2), ...file('reason', 'horizon\n') }),
        packet(ids[1]!, 'inprogress', at(1)),
        packet(ids[1]!, null, file('traceback', 'Traceback:\n  line\n')),
        packet(ids[1]!, null, file('traceback', 'Error: n\u00f6\0t found\n')),
        packet(ids[1]!, null, file('traceback-1', 'Error: and then\n')),
        packet(ids[1]!, 'fail', at(2)),
      ],
      'the end',
    );
    expect(outcomes[0]).toMatchObject({ status: 'skipped', reason: 'no horizon', traceback: null });
    expect(outcomes[1]).toMatchObject({
      status: 'failed',
      reason: 'Error: and then',
      traceback: 'Traceback:\n  line\nError: nö\ufffdt found\n\nError: and then',
    });
  });

  it('keep the end of a traceback, never half of a character', () => {
    const long = '\u{1f600}'.repeat(TRACEBACK_CHARS_MAX);
    for (const pad of ['', 'x']) {
      const { outcomes } = gatherOutcomes(list, [packet(ids[0]!, 'fail', file('traceback', long + pad))], '');
      const { traceback } = outcomes[0]!;
      expect(traceback!.length).toBeLessThanOrEqual(TRACEBACK_CHARS_MAX);
      expect(() => encodeURIComponent(traceback!)).not.toThrow();
    }
  });

  it('of a class that cannot be prepared are told of each of its tests on the list', () => {
    const whole = 'setUpClass (api.servers.Servers)';
    const failed = [packet(whole, 'inprogress'), packet(whole, 'fail', file('traceback', 'Refused: by keystone'))];
    const { outcomes } = gatherOutcomes(list, failed, 'the end');
    expect(outcomes.slice(0, 3)).toEqual(
      list.slice(0, 3).map(({ name, id }) => ({
        name,
        id,
        status: 'setup-failed',
        seconds: null,
        worker: 'worker-1',
        reason: 'Refused: by keystone',
        traceback: 'Refused: by keystone',
      })),
    );
    expect(outcomes[3]).toMatchObject({ status: 'not-run', reason: null });
    expect(statusesOf([packet(whole, 'skip', file('reason', 'no nova'))])).toEqual({
      test_create: 'skipped',
      test_delete: 'skipped',
      test_show: 'skipped',
      test_list: 'not-run',
    });
    expect(statusesOf([packet('setUpModule (api.images)', 'fail')])).toMatchObject({
      test_list: 'setup-failed',
      test_show: 'not-run',
    });
  });

  it('of tests that passed stay when their class cannot be cleaned up, and a note tells of it', () => {
    const { outcomes, notes } = gatherOutcomes(
      list,
      [packet(ids[0]!, 'success'), packet('tearDownClass (api.servers.Servers)', 'fail', file('traceback', 'Busy'))],
      'the end',
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['passed', 'setup-failed', 'setup-failed', 'not-run']);
    expect(notes).toEqual(['tearDownClass of api.servers.Servers failed after 1 of its tests had ended: Busy']);
  });

  it('are the worse of two when a test ends twice, in whatever order', () => {
    const ends = (...statuses: SubunitStatus[]) => statusesOf(statuses.map((status) => packet(ids[0]!, status)));
    expect(ends('success', 'fail')).toMatchObject({ test_create: 'failed' });
    expect(ends('fail', 'success')).toMatchObject({ test_create: 'failed' });
    expect(ends('skip', 'success')).toMatchObject({ test_create: 'skipped' });
    expect(ends('success', 'success')).toMatchObject({ test_create: 'passed' });
    const { notes } = gatherOutcomes(list, [packet(ids[0]!, 'fail'), packet(ids[0]!, 'success')], '');
    expect(notes).toEqual(['api.servers.Servers.test_create ended twice, failed and passed; the worse counts']);
  });

  it('of tests that had begun say so when the stream ends, and that a clock went back', () => {
    const { outcomes } = gatherOutcomes(
      list,
      [packet(ids[0]!, 'inprogress', at(9)), packet(ids[1]!, 'inprogress', at(9)), packet(ids[1]!, 'success', at(8))],
      'it was cancelled',
    );
    expect(outcomes.find(({ id }) => id === 'id-create')).toMatchObject({
      status: 'not-run',
      reason: 'it had begun and did not end: it was cancelled',
    });
    expect(outcomes.find(({ id }) => id === 'id-delete')).toMatchObject({ status: 'passed', seconds: null });
  });

  it('count what its author expects to fail neither as passed nor as failed', () => {
    expect(statusesOf([packet(ids[0]!, 'xfail'), packet(ids[1]!, 'uxsuccess')])).toMatchObject({
      test_create: 'skipped',
      test_delete: 'failed',
    });
  });

  it('are not made for what is not on the list, which is noted instead', () => {
    const { outcomes, notes } = gatherOutcomes(
      list,
      [
        packet('process-returncode', 'fail', file('traceback', 'returncode -9')),
        packet('api.servers.Servers.test_more[id-more]', 'success'),
      ],
      '',
    );
    expect(outcomes).toHaveLength(list.length);
    expect(notes).toEqual(['process-returncode, which is not on the list, was told of as failed: returncode -9']);
  });

  it('are made for every test that a stream tells of where there is no list', () => {
    const { outcomes } = gatherOutcomes(null, [packet(ids[0]!, 'success'), packet(other, 'inprogress')], 'cut');
    expect(outcomes.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'api.servers.Servers.test_create passed',
      'api.images.Images.test_list not-run',
    ]);
  });

  it('are exactly one for each test of the list, whatever comes in whatever order', () => {
    const statuses = fc.constantFrom<SubunitStatus | null>(
      ...([null, 'exists', 'inprogress', 'success', 'fail', 'skip', 'xfail', 'uxsuccess'] as const),
    );
    const names = fc.constantFrom(
      ...ids,
      other,
      'setUpClass (api.servers.Servers)',
      'tearDownClass (api.images.Images)',
    );
    const packets = fc.array(
      fc.tuple(names, statuses).map(([name, status]) => packet(name, status)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(packets, (given) => {
        const { outcomes } = gatherOutcomes(list, given, '');
        expect(outcomes.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort());
        for (const { name, status } of outcomes) {
          const fullId = list.find((test) => test.name === name)!.fullId;
          if (status === 'passed')
            expect(given.some((one) => one.testId === fullId && one.status === 'success')).toBe(true);
          if (given.some((one) => one.testId === fullId && one.status === 'fail')) expect(status).toBe('failed');
        }
      }),
    );
  });
});
