import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guidelineFile, TESTS } from '../../integration/model/guideline-file.js';
import { CERTIFICATION } from './certification-barclamp.js';
import { readEvents } from './event-reader.js';
import { PlayedTempest } from './played-tempest.js';
import { openWorkshop, type Workshop } from './workshop.js';

const BYTES = { 'content-type': 'application/octet-stream' };
const ANY = { 'if-match': '*' };
const TESTER = 'tester.example.com';
const GOALS = [{ guideline: '2031.01', program: 'compute' }];

describe('certifications', () => {
  let shop: Workshop;
  let tempest: PlayedTempest;
  const start = (body: object = {}) =>
    shop.operator('POST', 'certifications', { body: { deployment: 'shop', goals: GOALS, ...body } });
  const ended = (id: string) => shop.until(`certifications/${id}`, ({ ended_at }) => ended_at !== null);

  beforeAll(async () => {
    shop = await openWorkshop('certifications', (unitOfWork, home) => [
      (tempest = new PlayedTempest(unitOfWork, home)),
    ]);
    const imported = await shop.admin('POST', 'barclamps', {
      body: CERTIFICATION,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(imported.status, JSON.stringify(imported.body)).toBe(201);
    await shop.makeNodes(TESTER);
    await shop.commit();
    await shop.work();
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });

  describe('guidelines', () => {
    it('are imported byte for byte, once', async () => {
      const file = guidelineFile();
      const made = await shop.operator('POST', 'guidelines?source=here', { body: file, headers: BYTES });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({
        outcome: 'created',
        previous: null,
        guideline: { name: '2031.01', kind: 'powered', revision: 1, programs: [{ name: 'compute', must_pass: 3 }, {}] },
      });
      const again = await shop.operator('POST', 'guidelines', { body: file, headers: BYTES });
      expect(again.body.outcome).toBe('unchanged');
      expect((await shop.viewer('GET', 'guidelines/2031.01/document')).body).toBe(file);
      const { body } = await shop.viewer('GET', 'guidelines/2031.01/capabilities');
      expect(body.programs[0].capabilities).toEqual([
        { name: 'servers-life', status: 'required' },
        { name: 'identity-tokens', status: 'required' },
      ]);
    });

    it.each([
      ['no JSON at all', 'nothing'],
      ['another document', '{"openapi": "3.1.0"}'],
      ['a list', '[]'],
      ['nothing', ''],
      ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00)],
      ['nesting without end', '['.repeat(100_000)],
      ['a prototype', '{"metadata": {"id": "x", "schema": "2.0"}, "__proto__": {"a": 1}}'],
    ])('are refused when they are %s, and nothing is kept', async (_what, body) => {
      const answer = await shop.operator('POST', 'guidelines', { body, headers: BYTES });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid']);
      expect((await shop.viewer('GET', 'guidelines')).body.items).toHaveLength(1);
    });

    it('are taken or refused, and never a fault, whatever their texts are made of', async () => {
      const odd = JSON.parse(guidelineFile({ id: '2031.09', status: 'appr\u0000oved' }));
      odd.metadata.os_trademark_approval.releases = ['ze\u0000d', '\ud800'];
      odd.capabilities['servers-life'].description = '\u0000<script>alert(1)</script>';
      for (const file of [odd, JSON.parse(guidelineFile({ id: 'x'.repeat(300) }))]) {
        const { status, body } = await shop.operator('POST', 'guidelines', {
          body: JSON.stringify(file),
          headers: BYTES,
        });
        expect([201, 400], JSON.stringify(body)).toContain(status);
        if (status === 201) {
          expect((await shop.viewer('GET', `guidelines/${body.guideline.id}/capabilities`)).status).toBe(200);
          expect((await shop.operator('DELETE', `guidelines/${body.guideline.id}`)).status).toBe(204);
        }
      }
    });

    it('are refused when they are too large', async () => {
      const answer = await shop.operator('POST', 'guidelines', { body: 'x'.repeat(20 * 1_048_576), headers: BYTES });
      expect([400, 413]).toContain(answer.status);
    });

    it('are not imported by somebody who only looks', async () => {
      expect((await shop.viewer('POST', 'guidelines', { body: guidelineFile(), headers: BYTES })).status).toBe(403);
      expect((await shop.viewer('DELETE', 'guidelines/2031.01')).status).toBe(403);
    });
  });

  it('are not started by somebody who only looks, nor without a goal that there is', async () => {
    const body = { deployment: 'shop', goals: GOALS, tester: TESTER };
    expect((await shop.viewer('POST', 'certifications', { body })).status).toBe(403);
    expect((await start({ goals: [] })).status).toBe(400);
    expect((await start({ goals: [{ guideline: '1999.01', program: 'compute' }] })).status).toBe(404);
    expect((await start({ goals: [{ guideline: '2031.01', program: 'sails' }], tester: TESTER })).status).toBe(404);
    expect((await start({ tester: TESTER, scope: { kind: 'tests' } })).status).toBe(400);
    expect((await start({ tester: TESTER, settings: { 'auth.x': 'a\nb' } })).status).toBe(400);
    expect((await shop.operator('POST', 'certifications', { body: { goals: GOALS } })).status).toBe(400);
  });

  let first: string;
  it('run by themselves, tell how far they are, and end with a verdict', async () => {
    tempest.play = { statuses: { [TESTS.delete]: 'failed' } };
    const started = await start({ tester: TESTER, note: 'the first' });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    first = started.body.id;
    expect(started.headers.get('location')).toBe(`/api/v2/certifications/${first}`);
    const done = await ended(first);
    expect(done).toMatchObject({
      state: 'finished',
      counts: { total: 3, passed: 2, failed: 1, skipped: 0, setup_failed: 0, not_run: 0 },
      verdicts: [{ guideline: '2031.01', program: 'compute', met: false, must_pass_total: 3, must_pass_passed: 2 }],
      facts: { release: 'zed', hypervisor: 'qemu' },
      suite: { name: 'tempest', version: '33.0.0-2' },
      tester: TESTER,
    });
    const kinds: string[] = [];
    const token = await shop.freshToken('viewer');
    for await (const { event, data } of readEvents(`${shop.url}/api/v2/events/stream?after=0`, {
      token,
      signal: AbortSignal.timeout(30_000),
    })) {
      if (event?.startsWith('certification.')) kinds.push(event);
      if (event === 'certification.finished') {
        expect(data).toMatchObject({ data: { certification: first, verdicts: [{ met: false }] } });
        break;
      }
    }
    expect(kinds).toEqual(['certification.planned', 'certification.started', 'certification.finished']);
    const audit = await shop.admin('GET', 'audit?filter=action eq "certifications.create" and status eq 202');
    expect(audit.body.items.length).toBeGreaterThan(0);
  });

  it('have a report in every form, none of which runs what a suite wrote', async () => {
    const { body: report } = await shop.viewer('GET', `certifications/${first}/report`);
    expect(report.says).toContain('Unofficial results');
    expect(report.verdicts[0]).toMatchObject({ must_pass: { total: 3, passed: 2 } });
    expect(report.disclosures[0]).toMatchObject({ failed: [{ name: TESTS.delete, must_pass: true }] });
    expect(report.outcomes).toHaveLength(3);
    const html = await shop.viewer('GET', `certifications/${first}/report.html`);
    expect(html.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(html.body).not.toMatch(/<script>alert|<b onmouseover/);
    expect(html.body).toContain('&lt;b onmouseover=alert(1)&gt;boom');
    const junit = await shop.viewer('GET', `certifications/${first}/junit`);
    expect(junit.body).toContain('failures="1"');
    expect(junit.body).not.toContain('<script>');
    for (const text of [JSON.stringify(report), html.body, junit.body]) expect(text).not.toMatch(/\bcertified\b/i);
    const stream = await fetch(`${shop.url}/api/v2/certifications/${first}/stream`, {
      headers: { authorization: `Bearer ${await shop.freshToken('viewer')}` },
    });
    expect([...new Uint8Array(await stream.arrayBuffer())]).toEqual([0xb3, 0, 0xb3, 1, 0xb3, 2]);
  });

  it('are tried again, compared with what was before, and shown over time', async () => {
    tempest.play = {};
    const child = await shop.operator('POST', `certifications/${first}/retry`);
    expect(child.status, JSON.stringify(child.body)).toBe(202);
    expect(child.body).toMatchObject({ parent_id: first, scope: { kind: 'tests', names: [TESTS.delete] } });
    expect((await ended(child.body.id)).verdicts[0]).toMatchObject({ met: true, must_pass_passed: 3 });
    const { body: diff } = await shop.viewer('GET', `certifications/${child.body.id}/compare?before=${first}`);
    expect(diff.newly_passing).toMatchObject([{ name: TESTS.delete, before: 'failed', after: 'passed' }]);
    const { body: history } = await shop.viewer('GET', 'certifications/history?deployment=shop&program=compute');
    expect(history.items.map((entry: { must_pass_passed: number }) => entry.must_pass_passed)).toEqual([3, 2]);
    const { body: fits } = await shop.viewer('GET', `certifications/${child.body.id}/fits`);
    expect(fits.items.map((fit: { program: string; standing: string }) => `${fit.program} ${fit.standing}`)).toEqual([
      'compute fits',
      'object partly',
    ]);
    expect((await shop.operator('POST', `certifications/${child.body.id}/retry`)).status).toBe(409);
    const { body: page } = await shop.viewer('GET', `certifications/${first}/outcomes?filter=status eq failed`);
    expect(page.items).toMatchObject([{ name: TESTS.delete, status: 'failed' }]);
    expect((await shop.viewer('GET', `certifications/${first}/report`)).body.comparison).toBeNull();
  });

  it('are cancelled while they run, and go on where they stopped', async () => {
    tempest.play = { holdBefore: TESTS.delete };
    const { body: started } = await start();
    await shop.until(`certifications/${started.id}`, ({ counts }) => counts.passed === 1);
    expect((await start()).status).toBe(409);
    expect((await shop.viewer('PUT', `certifications/${started.id}/cancel`)).status).toBe(403);
    const cancelled = await shop.operator('PUT', `certifications/${started.id}/cancel`);
    expect(cancelled.body).toMatchObject({ cancel: 'requested' });
    expect(await ended(started.id)).toMatchObject({ state: 'cancelled', counts: { passed: 1, not_run: 2 } });
    const { body: explained } = await shop.viewer('GET', `certifications/${started.id}/explain`);
    expect(explained.moves).toEqual([`anneal certify resume ${started.id}`]);
    tempest.play = {};
    // At once: its run may not have come to its end yet, and that end is a bad one.
    const resumed = await shop.operator('POST', `certifications/${started.id}/resume`);
    expect(resumed.status, JSON.stringify(resumed.body)).toBe(202);
    expect(await ended(resumed.body.id)).toMatchObject({ counts: { total: 2, passed: 2 }, verdicts: [{ met: true }] });
  });

  it('of clouds elsewhere are reached with a password that is nowhere to be seen, and forgotten', async () => {
    const password = 'a password of a cloud elsewhere';
    const endpoint = {
      identity_url: 'https://cloud.example.com:5000/v3',
      admin: { username: 'admin', password, project: 'admin' },
    };
    const body = { endpoint, tester: TESTER, goals: GOALS, settings: { 'compute.image_ref': 'i1' } };
    const started = await shop.operator('POST', 'certifications', { body });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    expect(started.body).toMatchObject({
      target: 'endpoint',
      cloud: 'cloud.example.com',
      endpoint: { identity_url: endpoint.identity_url, region: 'RegionOne' },
    });
    const sealed = await shop.query<{ access_sealed: string | null }>(
      'SELECT access_sealed FROM certifications WHERE id = $1 AND access_sealed IS NOT NULL',
      [started.body.id],
    );
    const done = await ended(started.body.id);
    expect(tempest.seen).toMatchObject({ access: { admin: { password } }, settings: { 'compute.image_ref': 'i1' } });
    const after = await shop.query<{ row: string }>(
      `SELECT row_to_json(c)::text AS row FROM certifications c UNION ALL SELECT row_to_json(r)::text FROM runs r
       UNION ALL SELECT row_to_json(e)::text FROM events e UNION ALL SELECT row_to_json(a)::text FROM audit a
       UNION ALL SELECT row_to_json(k)::text FROM idempotency_keys k`,
    );
    for (const text of [JSON.stringify(sealed), JSON.stringify(done), ...after.map(({ row }) => row)])
      expect(text).not.toContain(password);
    expect(
      await shop.query('SELECT 1 FROM certifications WHERE id = $1 AND access_sealed IS NOT NULL', [started.body.id]),
    ).toEqual([]);
    const { status, body: problem } = await shop.operator('POST', `certifications/${started.body.id}/retry`);
    expect([status, problem.code]).toEqual([409, 'wrong-state']);
    for (const identity_url of ['file:///etc/passwd', 'http://user:pw@cloud.example.com', 'nothing'])
      expect(
        (await shop.operator('POST', 'certifications', { body: { ...body, endpoint: { ...endpoint, identity_url } } }))
          .status,
      ).toBe(400);
  });

  it('that others measured are taken in, whatever their names are made of', async () => {
    const evil = `tempest.<img src=x onerror=alert(1)>.test`;
    const results = { cpid: 'a'.repeat(32), duration_seconds: 5, results: [{ name: TESTS.create }, { name: evil }] };
    const imported = await shop.operator(
      'POST',
      'certifications/import?format=refstack&cloud=<b>theirs</b>&goals=2031.01/compute,2031.01/object&release=zed',
      { body: JSON.stringify(results), headers: BYTES },
    );
    expect(imported.status, JSON.stringify(imported.body)).toBe(201);
    expect(imported.body).toMatchObject({ state: 'imported', counts: { total: 2, passed: 2 }, cloud: '<b>theirs</b>' });
    expect(imported.body.verdicts).toHaveLength(2);
    const html = await shop.viewer('GET', `certifications/${imported.body.id}/report.html`);
    expect(html.body).not.toMatch(/<img|<b>theirs/);
    const { body: diff } = await shop.viewer('GET', `certifications/${first}/compare?before=${imported.body.id}`);
    expect(diff.newly_passing.map(({ name }: { name: string }) => name)).toContain(TESTS.token);
    const long = await shop.operator('POST', 'certifications/import?format=names&cloud=x&goals=2031.01/compute', {
      body: '🙂'.repeat(290),
      headers: BYTES,
    });
    expect(long.status).toBe(201);
    for (const [query, body] of [
      ['format=refstack&cloud=x&goals=2031.01/compute', '{"results": "no"}'],
      ['format=subunit&cloud=x&goals=2031.01/compute', 'no stream at all'],
      ['format=names&cloud=x&goals=nothing', TESTS.create],
      ['format=names&cloud=x&goals=2031.01/compute', '🙂'.repeat(700)],
      ['format=csv&cloud=x&goals=2031.01/compute', TESTS.create],
    ])
      expect((await shop.operator('POST', `certifications/import?${query}`, { body, headers: BYTES })).status).toBe(
        400,
      );
    expect(
      (
        await shop.viewer('POST', 'certifications/import?format=names&cloud=x&goals=2031.01/compute', {
          body: 'x',
          headers: BYTES,
        })
      ).status,
    ).toBe(403);
  });

  it('are seen by everybody only where that was switched on, without the inside of the house', async () => {
    const nobody = shop.as.nobody;
    expect((await nobody('GET', '/results')).body).toContain('Nothing has been published');
    expect((await nobody('GET', `/results/${first}`)).status).toBe(404);
    const note = 'see rack 7';
    expect(
      (await shop.viewer('PATCH', `certifications/${first}`, { body: { public: true }, headers: ANY })).status,
    ).toBe(403);
    const published = await shop.operator('PATCH', `certifications/${first}`, {
      body: { public: true, note },
      headers: ANY,
    });
    expect(published.body).toMatchObject({ public: true, note });
    expect((await nobody('GET', '/results')).body).toContain(`href="/results/${first}"`);
    const page = await nobody('GET', `/results/${first}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Passes 2 of 3');
    for (const inside of [TESTER, note, 'Traceback', 'alert']) expect(page.body).not.toContain(inside);
    expect((await nobody('GET', `certifications/${first}`)).status).toBe(401);
    await shop.operator('PATCH', `certifications/${first}`, { body: { public: false }, headers: ANY });
    expect((await nobody('GET', `/results/${first}`)).status).toBe(404);
  });

  it('get the official mark from one designated user, and from no other', async () => {
    for (const name of ['olga', 'oscar'])
      await shop.admin('POST', 'users', { body: { name, role: 'operator', password: 'a password of some length' } });
    const session = async (name: string) => {
      const { body } = await shop.as.nobody('POST', 'sessions', {
        body: { name, password: 'a password of some length' },
      });
      return { authorization: `Bearer ${body.secret}` };
    };
    const mark = (headers: Record<string, string>, official = true) =>
      shop.as.nobody('PUT', `certifications/${first}/official`, { body: { official }, headers });
    const [olga, oscar] = [await session('olga'), await session('oscar')];
    expect((await mark(olga)).status).toBe(403);
    const setting = await shop.admin('PATCH', 'settings/official_marker', { body: { value: 'olga' }, headers: ANY });
    expect(setting.status, JSON.stringify(setting.body)).toBe(200);
    const wrong = await shop.admin('PATCH', 'settings/official_marker', {
      body: { value: 'nobody-here' },
      headers: ANY,
    });
    expect(wrong.status).toBe(400);
    expect((await mark(oscar)).status).toBe(403);
    expect((await shop.admin('PUT', `certifications/${first}/official`, { body: { official: true } })).status).toBe(
      403,
    );
    expect((await mark(olga)).body).toMatchObject({ official_by: 'olga' });
    expect((await mark(olga, false)).body).toMatchObject({ official_by: null });
  });

  it('rest on tests about which each user has one opinion', async () => {
    await shop.admin('POST', 'users', {
      body: { name: 'vera', role: 'viewer', password: 'a password of some length' },
    });
    const { body: session } = await shop.as.nobody('POST', 'sessions', {
      body: { name: 'vera', password: 'a password of some length' },
    });
    const vera = { authorization: `Bearer ${session.secret}` };
    const vote = (body: object, headers = vera) => shop.as.nobody('PUT', 'guidelines/2031.01/votes', { body, headers });
    expect((await vote({ test: TESTS.flagged, vote: -1, reason: 'it waits for what never comes' })).status).toBe(200);
    const changed = await vote({ test: TESTS.flagged, vote: 1, reason: '<b>mended</b>' });
    expect(changed.body).toMatchObject({ user: 'vera', vote: 1, reason: '<b>mended</b>' });
    expect((await vote({ test: 'tempest.no.such.test', vote: 1, reason: 'x' })).status).toBe(404);
    expect((await vote({ test: TESTS.flagged, vote: 2, reason: 'x' })).status).toBe(400);
    expect((await vote({ test: TESTS.flagged, vote: 1, reason: '' })).status).toBe(400);
    // A token without a user has no opinion.
    expect(
      (await shop.viewer('PUT', 'guidelines/2031.01/votes', { body: { test: TESTS.flagged, vote: 1, reason: 'x' } }))
        .status,
    ).toBe(403);
    expect((await shop.viewer('GET', 'guidelines/2031.01/votes')).body.items).toHaveLength(1);
    expect((await shop.viewer('GET', 'guidelines/2031.01/votes/tally')).body.items).toEqual([
      { test: TESTS.flagged, up: 1, down: 0 },
    ]);
    const taken = await shop.as.nobody('DELETE', `guidelines/2031.01/votes?test=${TESTS.flagged}`, { headers: vera });
    expect(taken.status).toBe(204);
    expect((await shop.viewer('GET', 'guidelines/2031.01/votes')).body.items).toEqual([]);
  });

  it('keep their guideline', async () => {
    expect((await shop.operator('DELETE', 'guidelines/2031.01')).body).toMatchObject({ code: 'still-bound' });
  });
});
