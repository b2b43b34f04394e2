import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '#api-types';
import { readEvents, type Message } from './event-reader.js';
import { openWorkshop, type Workshop } from './workshop.js';

const ANY = { 'if-match': '*' };
const JSON_ONLY = { accept: 'application/json' };

describe('runs', () => {
  let shop: Workshop;
  let token: string;
  beforeAll(async () => {
    shop = await openWorkshop('runs');
    token = await shop.freshToken('viewer');
    await shop.makeNodes(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`));
    await shop.work();
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
  });

  /** Binds, tells, commits, and answers with the id of the run once it is in one of these states. */
  const runOf = async (
    role: string,
    node: string,
    told: Record<string, unknown>,
    ...states: string[]
  ): Promise<string> => {
    const { name } = await shop.bind(role, node);
    for (const [attrib, value] of Object.entries(told))
      await shop.set(attrib.startsWith(role) ? name : node, attrib, value);
    await shop.commit();
    const { items } = await shop.until(
      `node_roles/${name}/runs`,
      ({ items: [run] }) => run !== undefined && states.includes(run.state),
    );
    return items[0].id;
  };
  const followed = async (path: string, options: { lastEventId?: string; upTo?: number } = {}): Promise<Message[]> => {
    const abort = new AbortController();
    const messages: Message[] = [];
    for await (const message of readEvents(`${shop.url}/api/v2/${path}`, {
      token,
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
      ...options,
    })) {
      messages.push(message);
      if (message.event === 'end' || messages.length === options.upTo) break;
    }
    abort.abort();
    return messages;
  };
  const textsOf = (messages: readonly Message[]): string[] =>
    messages.filter(({ event }) => event === 'line').map(({ data }) => data.text);

  it('show what they were given and what they brought back, without the secrets', async () => {
    const run = await runOf('vault', 'a.example.com', {}, 'succeeded');
    const shown = await shop.viewer('GET', `runs/${run}`);
    expect(shown.body).toMatchObject({
      node_role: 'vault@a.example.com',
      node: 'a.example.com',
      jig: 'test',
      attempt: 1,
      exit_code: null,
      reason: '',
    });
    expect(shown.body.input.attribs['vault-door']).toBe('oak');
    expect(Object.keys(shown.body.input.attribs)).toContain('vault-combination');
    expect(Object.keys(shown.body.outputs)).toEqual(['vault-content']);
    const everything = await Promise.all(
      [
        `runs/${run}`,
        'runs',
        `runs/${run}/log`,
        'node_roles/vault@a.example.com',
        'node_roles/vault@a.example.com/runs',
        'events?limit=1000',
      ].map((path) => shop.admin('GET', path)),
    );
    for (const { body } of everything) expect(JSON.stringify(body)).not.toMatch(/twelve-left/);
    for (const { body } of [everything[0]!, everything[3]!])
      expect(JSON.stringify(body.outputs ?? body.wall)).not.toMatch(/gold/);
    expect((await shop.viewer('GET', 'runs/00000000-0000-0000-0000-000000000000')).status).toBe(404);
    expect((await shop.viewer('GET', 'runs/no-id')).status).toBe(404);
  });

  it('are listed newest first, by whatever the document names', async () => {
    const { items } = (await shop.viewer('GET', 'runs')).body;
    const times = items.map(({ queued_at }: { queued_at: string }) => queued_at);
    expect(times).toEqual([...times].sort().reverse());
    const id = items[0].id as string;
    const values = { id, text: 'x', number: '1', boolean: 'true', time: '2026-01-01T00:00:00Z', texts: 'x' };
    for (const [field, kind] of Object.entries(runs.fields)) {
      const answer = await shop.viewer('GET', `runs?filter=${encodeURIComponent(`${field} eq ${values[kind]}`)}`);
      expect(answer.status, `${field}: ${JSON.stringify(answer.body)}`).toBe(200);
    }
    for (const field of runs.sorts) expect((await shop.viewer('GET', `runs?sort=${field}`)).status, field).toBe(200);
    const ofShop = await shop.viewer(
      'GET',
      `runs?filter=${encodeURIComponent('deployment eq shop and role eq vault and state eq succeeded')}&fields=id,state`,
    );
    expect(ofShop.body.items[0]).toEqual({ id: expect.any(String), state: 'succeeded' });
  });

  it('have a log: as text, as pages, its end alone', async () => {
    const run = await runOf('test-talks', 'b.example.com', { 'test-talks-lines': 300 }, 'succeeded');
    await shop.until(`runs/${run}`, ({ log_lines }) => log_lines === 300);
    const all = Array.from({ length: 300 }, (_each, index) => `line ${index + 1}`);
    const text = await shop.viewer('GET', `runs/${run}/log`);
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text.body).toBe(all.map((line) => `${line}\n`).join(''));
    expect([text.headers.get('anneal-run'), text.headers.get('anneal-next-after')]).toEqual([run, '300']);

    const seen: string[] = [];
    for (let after = 0; seen.length < 300;) {
      const page = await shop.viewer('GET', `node_roles/test-talks@b.example.com/log?limit=128&after=${after}`, {
        headers: JSON_ONLY,
      });
      expect(page.body).toMatchObject({ run_id: run, state: 'succeeded' });
      expect(page.body.lines[0]).toMatchObject({ line: after + 1, attempt: 1, stream: 'out', at: expect.any(String) });
      seen.push(...page.body.lines.map((line: { text: string }) => line.text));
      after = page.body.next_after;
    }
    expect(seen).toEqual(all);
    const nothing = await shop.viewer('GET', `runs/${run}/log?after=300&format=json`);
    expect(nothing.body).toMatchObject({ lines: [], next_after: 300 });
    await shop.until(`runs/${run}/log?after=300&format=json`, ({ ended }) => ended);
    expect((await shop.viewer('GET', `runs/${run}/log?tail=2`)).body).toBe('line 299\nline 300\n');
    expect((await shop.viewer('GET', `runs/${run}/log?tail=0`)).body).toBe('');
    const wrong = await Promise.all(
      ['limit=0', 'limit=5001', 'tail=1&after=1', 'after=-1', 'after=one', 'follow=maybe'].map((query) =>
        shop.viewer('GET', `runs/${run}/log?${query}`),
      ),
    );
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
  });

  it('have a log that can be followed while they go on, until they end', async () => {
    const run = await runOf(
      'test-slow',
      'c.example.com',
      { 'test-lines': ['one', 'two', 'three'], 'test-slow-delay': 1_500 },
      'running',
    );
    const messages: Message[] = [];
    let stateAtFirstLine = '';
    const abort = new AbortController();
    for await (const message of readEvents(`${shop.url}/api/v2/node_roles/test-slow@c.example.com/log?follow`, {
      token,
      signal: abort.signal,
    })) {
      if (messages.length === 0) stateAtFirstLine = (await shop.viewer('GET', `runs/${run}`)).body.state;
      messages.push(message);
      if (message.event === 'end') break;
    }
    abort.abort();
    expect(stateAtFirstLine).toBe('running');
    expect(messages.map(({ event }) => event)).toEqual(['line', 'line', 'line', 'end']);
    expect(textsOf(messages)).toEqual(['one', 'two', 'three']);
    expect(messages.map(({ id }) => id).slice(0, 3)).toEqual([`${run}/1`, `${run}/2`, `${run}/3`]);
    expect(messages.at(-1)!.data).toEqual({ run_id: run, state: 'succeeded', reason: '', exit_code: null });
  });

  it('have a log that is gone on with where its reader was cut off', async () => {
    const { id: run } = (await shop.viewer('GET', 'node_roles/test-talks@b.example.com/runs')).body.items[0];
    const path = `runs/${run}/log?follow=true`;
    const first = await followed(path, { upTo: 120 });
    expect(textsOf(first)).toHaveLength(120);
    for (const lastEventId of [first.at(-1)!.id, '120']) {
      const rest = await followed(path, { lastEventId });
      expect(textsOf([...first, ...rest])).toEqual(Array.from({ length: 300 }, (_each, index) => `line ${index + 1}`));
      expect(rest.at(-1)).toMatchObject({ event: 'end', data: { state: 'succeeded' } });
    }
    expect(textsOf(await followed(`${path}&tail=3`))).toEqual(['line 298', 'line 299', 'line 300']);
    expect(textsOf(await followed(`${path}&tail=0`))).toEqual([]);
    expect(textsOf(await followed(`${path}&after=${first.at(-1)!.id}`))).toHaveLength(180);
    const ofAnother = await followed(path, { lastEventId: '00000000-0000-0000-0000-000000000000/299' });
    expect(textsOf(ofAnother)).toHaveLength(300);
  });

  it('that never were have an empty log', async () => {
    await shop.bind('test-noop', 'd.example.com');
    const path = 'node_roles/test-noop@d.example.com/log';
    expect((await shop.viewer('GET', path)).body).toBe('');
    expect((await shop.viewer('GET', path, { headers: JSON_ONLY })).body).toEqual({
      run_id: null,
      state: null,
      lines: [],
      next_after: 0,
      ended: true,
    });
    expect(await followed(`${path}?follow`)).toMatchObject([{ event: 'end', data: { run_id: null } }]);
    expect((await shop.viewer('GET', 'node_roles/test-noop@nowhere/log?follow')).status).toBe(404);
    await shop.operator('DELETE', 'node_roles/test-noop@d.example.com', { headers: ANY });
  });

  it('are cancelled, those that go on as well as those that wait, but not what has ended', async () => {
    const slow = await runOf('test-slow', 'd.example.com', { 'test-slow-delay': 60_000 }, 'running');
    expect((await shop.viewer('PUT', `runs/${slow}/cancel`)).status).toBe(403);
    const asked = await shop.operator('PUT', `runs/${slow}/cancel`);
    expect([asked.status, asked.body.cancel, asked.body.cancel_requested_by]).toEqual([
      202,
      'requested',
      'token:test-operator',
    ]);
    await shop.until(`runs/${slow}`, ({ state }) => state === 'cancelled');
    const again = await shop.operator('PUT', `runs/${slow}/cancel`);
    expect([again.status, again.body.code]).toEqual([409, 'wrong-state']);
    await shop.operator('DELETE', 'node_roles/test-slow@d.example.com', { headers: ANY });

    const waiting = await runOf('test-callback', 'd.example.com', {}, 'waiting');
    expect((await shop.operator('PUT', `runs/${waiting}/cancel`)).body).toMatchObject({
      id: waiting,
      cancel: 'ended',
      state: 'cancelled',
    });
    await shop.operator('DELETE', 'node_roles/test-callback@d.example.com', { headers: ANY });
  });

  it('that are over are not cancelled in the place of the one that followed', async () => {
    const first = await runOf('test-callback', 'd.example.com', {}, 'waiting');
    await shop.operator('PUT', `runs/${first}/cancel`);
    await shop.operator('PUT', 'node_roles/test-callback@d.example.com/retry');
    await shop.until('node_roles/test-callback@d.example.com', ({ run_state }) => run_state === 'waiting');
    const late = await shop.operator('PUT', `runs/${first}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'wrong-state']);
    expect((await shop.viewer('GET', 'node_roles/test-callback@d.example.com')).body.run_state).toBe('waiting');
    await shop.operator('PUT', 'node_roles/test-callback@d.example.com/cancel');
    await shop.operator('DELETE', 'node_roles/test-callback@d.example.com', { headers: ANY });
  });

  it('are reported early by a node that is quicker than its scripts, and end when these are done', async () => {
    const run = await runOf('test-slow', 'f.example.com', { 'test-slow-delay': 1_500, 'test-wait': 60 }, 'running');
    const node = await shop.nodeOf(run);
    const report = await node('POST', `runs/${run}/report`, { body: { outcome: 'succeeded' } });
    expect([report.status, report.body]).toEqual([200, { run_id: run, state: 'running' }]);
    await shop.until(`runs/${run}`, ({ state }) => state === 'succeeded');
  });

  describe('that wait for their node', () => {
    it('end with its report, whose outputs are kept', async () => {
      const run = await runOf('test-writes', 'e.example.com', { 'test-wait': 60 }, 'waiting');
      const node = await shop.nodeOf(run);
      const report = await node('POST', `runs/${run}/report`, {
        body: { outcome: 'succeeded', outputs: { 'test-written': 7 } },
      });
      expect([report.status, report.body]).toEqual([200, { run_id: run, state: 'succeeded' }]);
      expect((await shop.viewer('GET', 'node_roles/test-writes@e.example.com')).body).toMatchObject({
        state: 'active',
        wall: { 'test-written': 7 },
      });
      expect((await shop.viewer('GET', `runs/${run}`)).body).toMatchObject({
        state: 'succeeded',
        outputs: { 'test-written': 7 },
      });
      const events = await shop.viewer(
        'GET',
        `events?filter=${encodeURIComponent(`kind eq node_role.active and actor eq "node:e.example.com"`)}`,
      );
      expect(events.body.items).toHaveLength(1);
      const again = await node('POST', `runs/${run}/report`, { body: { outcome: 'failed' } });
      expect([again.status, again.body.code, again.body.fields]).toEqual([409, 'wrong-state', { state: 'succeeded' }]);
    });

    it('are reported by nobody else, and not for one another', async () => {
      const run = await runOf('test-callback', 'e.example.com', {}, 'waiting');
      const other = await runOf('test-callback', 'd.example.com', {}, 'waiting');
      const nodes = { own: await shop.nodeOf(run), other: await shop.nodeOf(other) };
      const body = { outcome: 'succeeded' };
      const general = await shop.admin('POST', 'tokens', { body: { name: 'general', node: 'e.example.com' } });
      const answers = await Promise.all([
        shop.operator('POST', `runs/${run}/report`, { body }),
        shop.admin('POST', `runs/${run}/report`, { body }),
        nodes.other('POST', `runs/${run}/report`, { body }),
        nodes.own('POST', `runs/${other}/report`, { body }),
        nodes.own('POST', 'runs/00000000-0000-0000-0000-000000000000/report', { body }),
        fetch(`${shop.url}/api/v2/runs/${run}/report`, {
          method: 'POST',
          headers: { authorization: `Bearer ${general.body.secret}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
        nodes.own('GET', `runs/${run}`),
        nodes.own('PUT', `runs/${run}/cancel`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403, 403]);
      for (const id of [run, other]) expect((await shop.viewer('GET', `runs/${id}`)).body.state).toBe('waiting');
      const failed = await nodes.own('POST', `runs/${run}/report`, {
        body: { outcome: 'failed', reason: 'no disk', exit_code: 3 },
      });
      expect(failed.status).toBe(200);
      expect((await shop.viewer('GET', `runs/${run}`)).body).toMatchObject({
        state: 'failed',
        reason: 'no disk',
        exit_code: 3,
      });
      expect((await shop.viewer('GET', 'node_roles/test-callback@e.example.com')).body).toMatchObject({
        state: 'error',
        status: 'no disk',
      });
      await nodes.other('POST', `runs/${other}/report`, { body });
      await shop.operator('DELETE', 'node_roles/test-callback@e.example.com', { headers: ANY });
    });

    it('stay open when a report does not fit, or is of another attempt', async () => {
      await shop.operator('DELETE', 'node_roles/test-writes@e.example.com', { headers: ANY });
      const run = await runOf('test-writes', 'e.example.com', { 'test-wait': 60 }, 'waiting');
      const node = await shop.nodeOf(run);
      const post = (body: unknown) => node('POST', `runs/${run}/report`, { body });
      const wrongType = await post({ outcome: 'succeeded', outputs: { 'test-written': 'a secret word' } });
      expect([wrongType.status, wrongType.body.fields.errors]).toEqual([
        400,
        [{ in: 'body', at: '/outputs/test-written', says: expect.stringContaining('integer') }],
      ]);
      expect(JSON.stringify(wrongType.body)).not.toContain('a secret word');
      const undeclared = await post({ outcome: 'succeeded', outputs: { 'test-written': 1, 'test-member': 'x' } });
      expect([undeclared.status, undeclared.body.fields.errors[0].at]).toEqual([400, '/outputs/test-member']);
      expect((await post({ outcome: 'succeeded', attempt: 2 })).status).toBe(409);
      expect((await post({ outcome: 'perhaps' })).status).toBe(400);
      expect((await post({ outcome: 'failed', exit_code: 256 })).status).toBe(400);
      expect((await shop.viewer('GET', `runs/${run}`)).body).toMatchObject({ state: 'waiting', outputs: null });
      expect((await post({ outcome: 'succeeded', attempt: 1 })).status).toBe(200);
    });

    it('end once, whoever of node and operator is first', async () => {
      await shop.operator('DELETE', 'node_roles/test-callback@d.example.com', { headers: ANY });
      const run = await runOf('test-callback', 'd.example.com', {}, 'waiting');
      const node = await shop.nodeOf(run);
      const answers = await Promise.all([
        node('POST', `runs/${run}/report`, { body: { outcome: 'succeeded' } }),
        node('POST', `runs/${run}/report`, { body: { outcome: 'succeeded' } }),
        shop.operator('PUT', `runs/${run}/cancel`),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(2);
      const { state } = (await shop.viewer('GET', `runs/${run}`)).body;
      expect(state).toBe(statuses[2] === 202 ? 'cancelled' : 'succeeded');
      expect((await shop.viewer('GET', 'anneal/audit')).body.findings).toEqual([]);
    });
  });
});
