import { describe, expect, it } from 'vitest';
import type { Disclosure } from '../certification/disclosure.js';
import { VERDICT_RULES, type Verdict } from '../certification/verdict.js';
import {
  escapeMarkup,
  forEverybody,
  junitDocument,
  reportPage,
  resultsPage,
  type CertificationReport,
} from './index.js';

const EVIL = `<img src=x onerror="alert('1')">`;
const DIGESTS = { style: 'c3R5bGU=', script: 'c2NyaXB0' };
const NONE = { tests: 0, flagged: 0, passed: 0, passedFlagged: 0 };
const BY_STATUS = { required: NONE, advisory: NONE, deprecated: NONE, removed: NONE };

const verdict: Verdict = {
  rules: VERDICT_RULES,
  guideline: EVIL,
  program: 'compute',
  met: false,
  mustPass: { total: 3, passed: 2 },
  counts: BY_STATUS,
  entries: BY_STATUS,
  requiredPercent: 99.99,
  unflaggedPercent: 66.6,
  capabilities: [
    {
      name: EVIL,
      status: 'required',
      state: 'partial',
      passed: 1,
      notPassed: 1,
      passedFlagged: 0,
      notPassedFlagged: 0,
    },
  ],
  tests: [
    {
      test: { key: EVIL, ids: [], aliases: [], flag: { code: EVIL, date: null, reason: EVIL, action: null } },
      capabilities: [EVIL],
      status: 'required',
      outcome: 'failed',
      matched: null,
      retried: false,
      seconds: 1.26,
      reason: 'inside.example said no',
      attempts: [],
    },
  ],
  claim: 'Passes 2 of 3',
  qualifiers: [EVIL],
};

const test = { name: EVIL, capabilities: [EVIL], outcome: 'failed', mustPass: true, reason: 'inside.example' } as const;

const sheet: Disclosure = {
  guideline: { id: EVIL, kind: 'local', status: EVIL },
  program: { name: 'compute', title: EVIL },
  ...{ claim: EVIL, qualifiers: [EVIL] },
  missing: [test],
  flagged: [{ ...test, flag: { code: EVIL, date: EVIL, reason: EVIL, action: EVIL } }],
  ...{ failed: [test], skipped: [test], notRun: [test] },
  matchedOtherwise: [{ name: EVIL, by: 'alias' }],
  retried: [{ name: EVIL, attempts: [{ run: 0, status: 'failed', seconds: 1 }] }],
  emptyCapabilities: [EVIL],
  settings: [{ setting: EVIL, value: 'inside.example', reason: EVIL }],
  credentials: { kind: 'made', administrator: true, userRoles: [EVIL], usersAreAdministrators: true },
  ...{ needAdministrator: [EVIL], testedAsAdministrator: [EVIL], simulated: [EVIL] },
  designatedSections: [
    {
      ...{ project: EVIL, status: 'required', guidance: EVIL, sections: [EVIL] },
      packages: [{ name: EVIL, version: '26.2', source: EVIL, origin: EVIL }],
    },
  ],
  suite: { name: EVIL, version: EVIL },
  cloud: null,
  nodes: [
    {
      ...{ name: 'inside.example', roles: [EVIL], operatingSystem: EVIL, kernel: EVIL, machine: 'container' },
      packages: [{ name: 'nova-api', version: '26.2', source: 'nova', origin: 'inside.example' }],
      packageList: { count: 1_001, sha256: 'f'.repeat(64) },
    },
  ],
  attributes: { 'role/attribute': 'inside.example' },
  digests: { guideline: 'a', list: null, configuration: 'c', stream: null },
};

const report: CertificationReport = {
  id: 'c1',
  cloud: EVIL,
  state: 'finished',
  target: 'deployment',
  note: EVIL,
  reason: EVIL,
  suite: { name: EVIL, version: EVIL },
  facts: { release: EVIL, hypervisor: EVIL, simulated: [EVIL] },
  counts: { total: 1, passed: 0, failed: 1, skipped: 0, setupFailed: 0, notRun: 0 },
  seconds: 3,
  startedAt: null,
  endedAt: '2031-02-01T00:00:00Z',
  official: { by: EVIL, at: '2031-02-02T00:00:00Z' },
  notes: [EVIL],
  verdicts: [verdict],
  disclosures: [sheet],
  outcomes: [
    {
      name: EVIL,
      id: null,
      status: 'failed',
      seconds: 1,
      worker: null,
      reason: EVIL,
      traceback: 'inside.example\u0000',
    },
  ],
  comparison: null,
};

/** Tags that a page of ours may have, beside those that end. */
const TAGS =
  /<(?!\/?(?:html|head|meta|title|style|body|script|h[123]|p|dl|dt|dd|ul|li|table|thead|tbody|tr|th|td|details|summary|span|div|button|pre|a)\b|!doctype)/i;

describe('a report', () => {
  it('has no tag that somebody else wrote', () => {
    const html = reportPage(report, DIGESTS);
    expect(html).not.toMatch(TAGS);
    expect(html).not.toContain('onerror="');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;');
    const list = [{ id: 'c1', cloud: EVIL, endedAt: '2031-02-01T00:00:00Z', claims: [EVIL], official: true }];
    expect(resultsPage(list, DIGESTS)).not.toMatch(TAGS);
  });

  it('lets nothing run but its own script, also from a disk', () => {
    const html = reportPage(report, DIGESTS);
    expect(html).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-c3R5bGU=&#39;; script-src &#39;sha256-c2NyaXB0&#39;`,
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/ style=| on[a-z]+="/);
    expect(html).not.toMatch(/https?:/);
  });

  it('says that it is unofficial, rounds down, and never speaks of anything as certified', () => {
    const html = reportPage(report, DIGESTS);
    expect(html).toContain('Unofficial results');
    expect(html).toContain('required 99.9 %');
    expect(html).not.toMatch(/certified/i);
  });

  it('says as whom it was tested, and what the nodes were', () => {
    const html = reportPage(report, DIGESTS);
    expect(html).toContain('Tests ran as users that an administrator made for them');
    expect(html).toContain('nova-api 26.2 (inside.example)');
    expect(html).toContain('1001 packages, listed in the evidence (ffffffffffffffff…)');
    const unknown = { ...sheet, credentials: null, nodes: [{ ...sheet.nodes[0]!, packages: [], packageList: null }] };
    const other = reportPage({ ...report, disclosures: [unknown] }, DIGESTS);
    expect(other).toContain('Nobody knows as whom the tests ran.');
    expect(other).not.toContain('listed in the evidence');
  });

  it('tells everybody nothing of the inside of a house', () => {
    expect(reportPage(report, DIGESTS)).toContain('inside.example');
    const html = reportPage(forEverybody({ ...report, cloud: 'ours' }), DIGESTS);
    expect(html).not.toContain('inside.example');
    expect(html).toContain('Passes 2 of 3');
  });

  it('is XML that other tools can read, whatever a test printed', () => {
    const xml = junitDocument(report);
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('Unofficial results');
    expect(xml).not.toContain('\u0000');
    expect(xml).not.toContain('<img');
  });

  it('shows what cannot be shown as such', () => {
    expect(escapeMarkup('a\u0000b\ud800c & "d"')).toBe('a\ufffdb\ufffdc &amp; &quot;d&quot;');
    expect(escapeMarkup('schön 🙂')).toBe('schön 🙂');
  });
});
