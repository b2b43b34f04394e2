import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedCertifications, type CertificationId, type CertificationTicket } from '#app';
import { claimNodeRole, encodePacket, GraphDraft, idOf, isRefusal, type RunId, type TestOutcome } from '#core';
import { TimeOrderedIds } from '#store';
import { guidelineFile, LISTED_SUITE, TESTS } from './guideline-file.js';
import { ACTOR, attrib, no, ok, openWorld, role, type World } from './world.js';

const TESTER = 'tester.example.com';
const COMPUTE = { guideline: '2031.01', program: 'compute' } as const;

const outcome = (name: string, status: TestOutcome['status'], over: Partial<TestOutcome> = {}): TestOutcome => ({
  ...{ name, id: null, status, seconds: 2, worker: 'worker-0', reason: status === 'passed' ? null : 'it said so' },
  ...{ traceback: status === 'failed' ? 'Traceback: boom' : null },
  ...over,
});

describe('certifications', () => {
  let world: World;
  let book: RecordedCertifications;
  let fence = 0;
  let now = Date.parse('2031-02-01T00:00:00Z');

  const ticketOf = (certification: string): CertificationTicket => ({ certification, fence });
  const open = async (certification: string) => {
    fence += 1;
    const order = await book.open(ticketOf(certification));
    if (isRefusal(order)) throw new Error(order.detail);
    return order;
  };
  /** Runs it as the jig would: every test with the status that is given, passed where none is. */
  const carryOut = async (certification: string, statuses: Record<string, TestOutcome['status']> = {}) => {
    const order = await open(certification);
    const names = order.loadList.map((full) => full.split('[')[0]!);
    const ended = names.map((name) => outcome(name, statuses[name] ?? 'passed'));
    await book.outcomes(ticketOf(certification), ended, []);
    await book.piece(ticketOf(certification), order.nextPiece, Uint8Array.of(0xb3, 1, 2));
    return book.finished(ticketOf(certification), { kind: 'finished', seconds: 9, notes: [] });
  };
  const start = (over: object = {}) =>
    world.startCertification.execute(ACTOR, { deployment: 'cloud', goals: [COMPUTE], ...over });
  const nodeRole = async () => ok(await world.showNodeRole.execute({ nodeRole: `openstack-certify@${TESTER}` }));
  /** Hands the noderole to a run that nobody has begun, with the input as it is staged then. */
  const claim = async (): Promise<RunId> => {
    const id = idOf<RunId>(crypto.randomUUID());
    const of = await nodeRole();
    await world.unitOfWork.write('test', async (tx) => {
      const graph = await tx.graph.slice({ nodeRoleIds: [of.id] });
      const draft = new GraphDraft(graph);
      const refusal = claimNodeRole(draft, of.id, id);
      if (refusal) return refusal;
      const input = (await tx.attribs.stage([of.id])).get(of.id)!;
      await tx.runs.insert([{ id, nodeRoleId: of.id, nodeId: of.nodeId, jig: 'tempest', rerun: false, input }]);
      await tx.graph.save(graph, draft.decision());
      return null;
    });
    return id;
  };

  beforeAll(async () => {
    world = await openWorld({ name: 'certifications', now: () => now });
    book = new RecordedCertifications({
      unitOfWork: world.unitOfWork,
      ids: new TimeOrderedIds(),
      clock: { now: () => now },
    });
    const order = { type: 'object', properties: { certification: { type: 'string' } } };
    await world.import({
      name: 'certification',
      roles: [
        role('tempest-suite', {
          flags: ['implicit'],
          outputs: [attrib('tempest-suite', { kind: 'output', writable: false })],
        }),
        role('openstack-certify', {
          jig: 'tempest',
          requires: ['tempest-suite'],
          onRerunFailure: 'block',
          attribs: [attrib('certify-order', { schema: order, default: {} })],
        }),
        role('openstack-certify-endpoint', {
          jig: 'tempest',
          requires: ['tempest-suite'],
          attribs: [attrib('certify-endpoint-order', { schema: order, default: {} })],
        }),
      ],
    });
    ok(await world.createDeployment.execute(ACTOR, { name: 'cloud' }));
    ok(await world.createNode.execute(ACTOR, { name: TESTER, deployment: 'cloud', alive: true, probed: false }));
    ok(await world.importGuideline.execute(ACTOR, { text: guidelineFile() }));
  });
  afterAll(() => world.close());

  describe('guidelines', () => {
    it('that are imported again change nothing, and another file of the name is told as a new revision', async () => {
      const again = ok(await world.importGuideline.execute(ACTOR, { text: guidelineFile() }));
      expect(again).toMatchObject({ outcome: 'unchanged', guideline: { name: '2031.01', revision: 1, latest: true } });
      expect(again.guideline.programs).toMatchObject([
        { name: 'compute', tests: 4, mustPass: 3 },
        { name: 'object', tests: 2, mustPass: 2 },
      ]);
      const other = ok(await world.importGuideline.execute(ACTOR, { text: guidelineFile({ id: '2031.02' }) }));
      const text = guidelineFile({ id: '2031.02', status: 'superseded' });
      const revised = ok(await world.importGuideline.execute(ACTOR, { text }));
      expect(revised).toMatchObject({
        outcome: 'revised',
        guideline: { revision: 2 },
        previous: { id: other.guideline.id },
      });
      expect(ok(await world.showGuideline.execute({ guideline: '2031.02@1' })).latest).toBe(false);
      expect(ok(await world.readRawGuideline.execute({ guideline: '2031.02' }))).toBe(text);
    });

    it('that cannot be used are refused with the place of what is wrong', async () => {
      expect(no(await world.importGuideline.execute(ACTOR, { text: '{"metadata": {}}' }))).toMatchObject({
        code: 'invalid',
        fields: { errors: [expect.objectContaining({ in: 'body' })] },
      });
      expect(no(await world.importGuideline.execute(ACTOR, { text: 'no JSON' })).detail).toContain('no JSON');
    });
  });

  it('are refused without a tester, with what to do', async () => {
    expect(no(await start())).toMatchObject({ code: 'unresolved-requirement', fields: { field: 'tester' } });
    expect(no(await start({ goals: [{ guideline: '2031.01', program: 'sails' }] })).detail).toContain('sails');
    expect(no(await start({ goals: [] })).detail).toContain('2020.06/compute');
  });

  it('bind the tester that is named, and commit just what they need', async () => {
    const started = ok(await start({ tester: TESTER }));
    expect(started).toMatchObject({
      state: 'planned',
      tester: TESTER,
      cloud: 'cloud',
      goals: [{ ...COMPUTE, revision: 1 }],
    });
    expect(await world.states()).toMatchObject({
      [`tempest-suite@${TESTER}`]: 'todo',
      [`openstack-certify@${TESTER}`]: 'blocked',
    });
    expect((await nodeRole()).committedData).toEqual({ 'certify-order': { certification: started.id } });
    const explained = ok(await world.explainCertification.execute({ certification: started.id }));
    expect(explained.summary).toContain('tempest-suite');
    expect(no(await start())).toMatchObject({ code: 'conflict', fields: { certification: started.id } });
  });

  it('cannot begin before the suite was listed, and say so', async () => {
    const planned = ok(await world.listCertifications.execute({})).items[0]!;
    fence += 1;
    expect(no(await book.open(ticketOf(planned.id))).detail).toContain('has not told which tests there are');
    expect(ok(await world.showCertification.execute({ certification: planned.id }))).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('retry it'),
    });
    await world.unitOfWork.write('test', async (tx) => {
      const suite = (await tx.nodeRoles.find(`tempest-suite@${TESTER}`))!;
      await tx.nodeRoles.putData(suite.id, { wall: { 'tempest-suite': LISTED_SUITE } });
    });
    await world.settle();
  });

  let first: CertificationId;
  it('run the must-pass tests, bring what they find, and are judged when they end', async () => {
    const started = ok(await start());
    first = started.id;
    expect((await nodeRole()).changed).toBe(true);
    await world.settle();
    const order = await open(started.id);
    expect(order.loadList.map((full) => full.split('[')[0])).toEqual([TESTS.create, TESTS.delete, TESTS.token]);
    const ticket = ticketOf(started.id);
    const inputs = {
      conf: '[compute-feature-enabled]\nxenapi_apis = True\n',
      provenance: { 'compute-feature-enabled.xenapi_apis': 'rule: six tests ask for it' },
      credentials: { kind: 'made' as const, administrator: true, userRoles: ['member'], usersAreAdministrators: false },
      findings: [],
      cloud: { hypervisor_types: ['QEMU'], release: 'zed' },
    };
    expect(await book.prepared(ticket, inputs)).toBe('written');
    await book.outcomes(ticket, [outcome(TESTS.create, 'passed')], [{ name: TESTS.delete, worker: 'worker-1' }]);
    expect(ok(await world.showCertification.execute({ certification: started.id }))).toMatchObject({
      state: 'running',
      counts: { total: 3, passed: 1 },
      underWay: [{ name: TESTS.delete }],
      facts: { release: 'zed', hypervisor: 'qemu' },
      suite: { name: 'tempest', version: '33.0.0-2' },
    });
    const told = (name: string, text: string) => ({
      ...{ path: `nodes/${TESTER}/${name}`, mediaType: 'text/plain', sha256: 'ab'.repeat(32) },
      bytes: Buffer.from(text),
    });
    await book.evidence(ticket, [
      told('system.txt', 'system\tDebian GNU/Linux 12\nkernel\tLinux 6.1\n'),
      told('hardware.txt', 'kind\tcontainer\n'),
      told('packages.txt', 'bash\t5.2\tamd64\tbash\tSomebody\nnova-api\t26.2\tall\tnova\tThe packagers\n'),
    ]);
    now += 5_000;
    await book.outcomes(ticket, [outcome(TESTS.delete, 'failed'), outcome(TESTS.token, 'passed')], []);
    const claims = await book.finished(ticket, { kind: 'finished', seconds: 8, notes: ['odd'] });
    expect(claims).toMatchObject([{ met: false, claim: expect.stringContaining('asses 2 of 3') }]);
    const ended = ok(await world.showCertification.execute({ certification: started.id }));
    expect(ended).toMatchObject({
      state: 'finished',
      counts: { total: 3, passed: 2, failed: 1, notRun: 0 },
      verdicts: [{ guideline: '2031.01', program: 'compute', met: false, mustPassTotal: 3, mustPassPassed: 2 }],
      underWay: [],
      seconds: 8,
      notes: ['odd'],
    });
    expect(ended.disclosure).toMatchObject({
      '2031.01/compute': {
        failed: [{ name: TESTS.delete }],
        settings: [{ setting: 'compute-feature-enabled.xenapi_apis', value: 'True', reason: 'six tests ask for it' }],
        credentials: { kind: 'made', userRoles: ['member'] },
        testedAsAdministrator: [],
        nodes: [
          {
            ...{ name: TESTER, operatingSystem: 'Debian GNU/Linux 12', kernel: 'Linux 6.1', machine: 'container' },
            packages: [{ name: 'nova-api', version: '26.2', source: 'nova', origin: 'The packagers' }],
            packageList: { count: 2, sha256: 'ab'.repeat(32) },
          },
        ],
      },
    });
    expect(JSON.stringify(ended)).not.toMatch(/certified/i);
    const events = await world.sql<{ kind: string; data: unknown }>(
      `SELECT kind, data FROM events WHERE data ->> 'certification' = $1 ORDER BY seq`,
      [started.id],
    );
    expect(events.map(({ kind }) => kind)).toEqual([
      'certification.planned',
      'certification.started',
      'certification.progress',
      'certification.finished',
    ]);
    expect(events[2]!.data).toMatchObject({ done: 3, total: 3, failed: 1 });
  });

  it('are tried again as a child, whose verdict counts the whole line', async () => {
    const child = ok(await world.retryCertification.execute(ACTOR, { certification: first }));
    expect(child).toMatchObject({ parentId: first, rootId: first, scope: { kind: 'tests', names: [TESTS.delete] } });
    await carryOut(child.id);
    const { certification, verdicts } = ok(await world.readVerdicts.execute({ certification: child.id }));
    expect(certification.verdicts).toMatchObject([{ met: true, mustPassPassed: 3 }]);
    expect(certification.verdicts[0]!.claim).toContain('Meets all 3 must-pass tests');
    expect(verdicts[0]!.verdict.tests.find(({ test }) => test.key === TESTS.delete)).toMatchObject({ retried: true });
    expect(no(await world.retryCertification.execute(ACTOR, { certification: child.id })).detail).toContain(
      'nothing to try',
    );
    const diff = ok(await world.compareCertifications.execute({ before: first, after: child.id }));
    expect(diff.newlyPassing.map(({ name }) => name)).toEqual([TESTS.delete]);
    const history = ok(await world.certificationHistory.execute({ deployment: 'cloud', program: 'compute' }));
    expect(history.slice(0, 2).map(({ mustPassPassed }) => mustPassPassed)).toEqual([3, 2]);
    await world.settle();
  });

  it('fit every program of every guideline by one run', async () => {
    const started = ok(await start({ scope: { kind: 'everything' } }));
    await carryOut(started.id, { [TESTS.object]: 'skipped' });
    await world.settle();
    const fits = ok(await world.fitCertification.execute({ certification: started.id }));
    expect(fits.map(({ guideline, program, standing }) => `${guideline}/${program} ${standing}`)).toEqual([
      '2031.02/compute fits',
      '2031.01/compute fits',
      '2031.02/object partly',
      '2031.01/object partly',
    ]);
    expect(fits[2]!.lacking[0]).toMatchObject({
      capability: 'objects',
      tests: [{ name: TESTS.object, outcome: 'skipped' }],
    });
    const verdict = ok(
      await world.judgeCertification.execute({ certification: started.id, guideline: '2031.02@1', program: 'object' }),
    );
    expect(verdict.mustPass).toEqual({ total: 2, passed: 1 });
  });

  it('end with their run when that is cancelled before anybody began it', async () => {
    await world.retryNodeRole.execute(ACTOR, { nodeRole: `openstack-certify@${TESTER}` });
    const started = ok(await start());
    await claim();
    expect(ok(await world.cancelCertification.execute(ACTOR, { certification: started.id }))).toMatchObject({
      cancel: 'ended',
      certification: { state: 'cancelled', reason: `cancelled by ${ACTOR}` },
    });
    expect((await nodeRole()).state).toBe('error');
    expect(no(await world.cancelCertification.execute(ACTOR, { certification: started.id })).code).toBe('wrong-state');
  });

  it('that are ordered while the run of another comes to a bad end run after it', async () => {
    const before = ok(await start());
    await claim();
    await open(before.id);
    await book.finished(ticketOf(before.id), { kind: 'cancelled', seconds: 1, notes: [] });
    // The suite has ended and its run has not: the certification is over, the noderole still in transition.
    const next = ok(await start());
    expect((await nodeRole()).state).toBe('transition');
    ok(await world.cancelNodeRole.execute(ACTOR, { nodeRole: `openstack-certify@${TESTER}` }));
    expect((await nodeRole()).state).toBe('todo');
    expect(ok(await world.showCertification.execute({ certification: next.id })).state).toBe('planned');
    ok(await world.cancelCertification.execute(ACTOR, { certification: next.id }));
  });

  it('that have no run yet take their order back when they are cancelled', async () => {
    const started = ok(await start());
    expect((await nodeRole()).state).toBe('todo');
    const { cancel } = ok(await world.cancelCertification.execute(ACTOR, { certification: started.id }));
    expect(cancel).toBe('ended');
    expect((await nodeRole()).committedData).toEqual({});
    await world.settle();
  });

  it('go on where they were cut off', async () => {
    const started = ok(await start());
    await open(started.id);
    await book.outcomes(ticketOf(started.id), [outcome(TESTS.token, 'passed')], []);
    await book.finished(ticketOf(started.id), { kind: 'cancelled', seconds: 1, notes: [] });
    await world.settle();
    const explained = ok(await world.explainCertification.execute({ certification: started.id }));
    expect(explained.moves).toEqual([`anneal certify resume ${started.id}`]);
    const child = ok(await world.resumeCertification.execute(ACTOR, { certification: started.id }));
    const order = await open(child.id);
    expect(order.loadList.map((full) => full.split('[')[0])).toEqual([TESTS.create, TESTS.delete]);
    await book.outcomes(ticketOf(child.id), [outcome(TESTS.create, 'passed'), outcome(TESTS.delete, 'passed')], []);
    expect(await book.finished(ticketOf(child.id), { kind: 'finished', seconds: 1, notes: [] })).toMatchObject([
      { met: true },
    ]);
    await world.settle();
  });

  it('of clouds elsewhere are judged and compared by what others measured', async () => {
    const refstack = JSON.stringify({
      cpid: 'a'.repeat(32),
      duration_seconds: 12,
      results: [{ name: TESTS.create, uuid: 'c1' }, { name: TESTS.token }],
    });
    const imported = ok(
      await world.importResults.execute(ACTOR, {
        format: 'refstack',
        bytes: new TextEncoder().encode(refstack),
        cloud: 'theirs',
        goals: [COMPUTE],
      }),
    );
    expect(imported).toMatchObject({
      state: 'imported',
      cloud: 'theirs',
      seconds: 12,
      verdicts: [{ mustPassPassed: 2 }],
    });
    const names = new TextEncoder().encode(`# passed\n${TESTS.create}[id-c1]\n`);
    const list = { format: 'names', bytes: names, cloud: 'other', goals: [COMPUTE] } as const;
    expect(ok(await world.importResults.execute(ACTOR, list)).counts).toMatchObject({ passed: 1 });
    const packets = [
      encodePacket({ testId: `${TESTS.create}[id-x]`, status: 'inprogress' }),
      encodePacket({ testId: `${TESTS.create}[id-x]`, status: 'success' }),
      encodePacket({ testId: TESTS.delete, status: 'inprogress' }),
      encodePacket({ testId: TESTS.delete, status: 'fail' }),
    ];
    const damaged = Buffer.concat([packets[0]!, packets[1]!, Buffer.from('printed between'), packets[2]!, packets[3]!]);
    const streamed = ok(
      await world.importResults.execute(ACTOR, { ...list, format: 'subunit', bytes: new Uint8Array(damaged) }),
    );
    expect(streamed.counts).toMatchObject({ total: 2, passed: 1, failed: 1 });
    expect(ok(await world.readStream.execute({ certification: streamed.id }))).toEqual(new Uint8Array(damaged));
    for (const [format, text] of [
      ['refstack', '{"results": [{}]}'],
      ['refstack', 'nothing'],
      ['names', '\n#\n'],
      ['subunit', 'no stream'],
    ] as const)
      expect(
        no(await world.importResults.execute(ACTOR, { ...list, format, bytes: new TextEncoder().encode(text) })).code,
      ).toBe('invalid');
    expect(no(await world.retryCertification.execute(ACTOR, { certification: imported.id })).code).toBe('wrong-state');
  });

  it('keep their guideline from being deleted', async () => {
    expect(no(await world.removeGuideline.execute(ACTOR, { guideline: '2031.01' })).code).toBe('still-bound');
    expect(ok(await world.removeGuideline.execute(ACTOR, { guideline: '2031.02@1' }))).toEqual({ deleted: '2031.02' });
  });

  it('are shown to everybody only when they have ended and somebody said so', async () => {
    expect(await world.listPublished.execute()).toEqual([]);
    ok(await world.editCertification.execute(ACTOR, { certification: first, public: true, note: 'look' }));
    expect((await world.listPublished.execute()).map(({ id }) => id)).toEqual([first]);
    const started = ok(await start());
    expect(no(await world.editCertification.execute(ACTOR, { certification: started.id, public: true })).code).toBe(
      'wrong-state',
    );
    ok(await world.cancelCertification.execute(ACTOR, { certification: started.id }));
    await world.settle();
  });

  it('lose their raw stream after the days of the setting, and nothing else', async () => {
    now += 400 * 86_400_000;
    expect((await world.forgetOld.execute()).certificationStreams).toBeGreaterThan(0);
    const all = ok(
      await world.listCertifications.execute({ filter: [{ field: 'state', operator: 'eq', value: 'finished' }] }),
    );
    const gone = all.items.find(({ streamGoneAt }) => streamGoneAt !== null)!;
    expect(no(await world.readStream.execute({ certification: gone.id })).detail).toContain('was forgotten');
    expect(ok(await world.listOutcomes.execute({}, { certification: gone.id })).items.length).toBeGreaterThan(0);
  });
});
