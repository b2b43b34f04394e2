import { z } from 'zod';
import { listed } from './base/list.js';
import { count, id, timestamp, version } from './base/scalars.js';
import { capabilityStatus, guidelineKind } from './guidelines.js';

/** What certifications are shown as. Every text that a suite, a cloud or a file of somebody’s wrote is data, never markup. */

const percent = z.number().meta({ description: '0 to 100, not rounded.' });
const mustPass = z.object({ total: count, passed: count });

export const testStatus = z.enum(['passed', 'failed', 'skipped', 'setup-failed', 'not-run']);
/** Also: the suite has no such test. */
const testOutcome = z.enum(['passed', 'failed', 'skipped', 'setup-failed', 'not-run', 'missing']);
const foundBy = z.enum(['name', 'alias', 'id']);
const capabilityState = z.enum(['met', 'met-with-flags', 'partial', 'not-met', 'not-run', 'empty']);

export const certificationState = z
  .enum(['planned', 'running', 'finished', 'cancelled', 'failed', 'imported'])
  .meta({ id: 'CertificationState' });

/** Everything there is of it as one object, so that clients need not tell shapes apart. */
export const scopeKind = z.enum(['must-pass', 'required', 'all-statuses', 'everything', 'capability', 'tests']).meta({
  description:
    '`must-pass` is what counts, `required` has the flagged tests too, `all-statuses` the advisory and deprecated ones, `everything` the whole suite.',
});

const goal = z.object({
  guideline: z.string(),
  guideline_id: id,
  revision: z.int(),
  digest: z.string(),
  program: z.string(),
});

export const cloudFacts = z.object({
  release: z.string().nullable(),
  hypervisor: z.string().nullable().meta({ description: '`kvm`, `qemu`, `fake`.' }),
  simulated: z.array(z.string()),
});

const verdictLine = z.object({
  guideline_id: id,
  guideline: z.string(),
  revision: z.int(),
  program: z.string(),
  rules: z.int().meta({ description: 'Of the arithmetic that it was worked out by.' }),
  met: z.boolean(),
  must_pass_total: count,
  must_pass_passed: count,
  claim: z.string().meta({ description: 'The sentence for the screen.' }),
});

export const certification = z
  .object({
    id,
    parent_id: id.nullable().meta({ description: 'The certification that it goes on from, or tries again.' }),
    root_id: id.meta({ description: 'The first of its line.' }),
    state: certificationState,
    target: z.enum(['deployment', 'endpoint', 'import']),
    cloud: z.string().meta({ description: 'What people call the cloud.' }),
    deployment_id: id.nullable(),
    endpoint: z.object({ identity_url: z.string(), region: z.string(), endpoint_type: z.string() }).nullable(),
    node_role_id: id.nullable(),
    tester: z.string().nullable().meta({ description: 'The node that runs the suite.' }),
    run_id: id.nullable(),
    goals: z.array(goal),
    scope: z.object({
      kind: scopeKind,
      name: z.string().optional(),
      names: z.array(z.string()).optional(),
    }),
    concurrency: count,
    note: z.string(),
    suite: z.object({ name: z.string(), version: z.string(), digest: z.string() }).nullable(),
    facts: cloudFacts,
    counts: z.object({
      total: count,
      passed: count,
      failed: count,
      skipped: count,
      setup_failed: count,
      not_run: count,
    }),
    under_way: z.array(z.object({ name: z.string(), worker: z.string().nullable() })),
    seconds: z.number().nullable(),
    reason: z.string(),
    notes: z.array(z.string()),
    verdicts: z
      .array(verdictLine)
      .meta({ description: 'Over the whole line, from the first certification to this one.' }),
    public: z.boolean().meta({ description: 'Shown to everybody at /results.' }),
    official_by: z.string().nullable(),
    official_at: timestamp.nullable(),
    stream_bytes: count,
    stream_gone_at: timestamp.nullable(),
    created_by: z.string(),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    version,
  })
  .meta({ id: 'Certification' });

const suiteCredentials = z
  .object({
    kind: z.enum(['made', 'given']).meta({ description: 'Whether users were made for the tests, or there before.' }),
    administrator: z.boolean().meta({ description: 'Whether a test that asks for an administrator has got one.' }),
    user_roles: z.array(z.string()),
    users_are_administrators: z.boolean(),
  })
  .meta({ id: 'SuiteCredentials' });

export const certificationDetail = certification
  .extend({
    settings: z.record(z.string(), z.string()),
    load_list: z.array(z.string()).nullable(),
    inputs: z
      .object({
        conf: z.string().meta({ description: 'tempest.conf as it was written, its secrets masked.' }),
        provenance: z.record(z.string(), z.string()),
        credentials: suiteCredentials,
        findings: z.array(z.object({ check: z.string(), severity: z.string(), role: z.string(), says: z.string() })),
        cloud: z.record(z.string(), z.unknown()),
      })
      .nullable(),
  })
  .meta({ id: 'CertificationDetail' });

export const certifications = listed({
  fields: {
    id: 'id',
    parent_id: 'id',
    root_id: 'id',
    state: 'text',
    target: 'text',
    cloud: 'text',
    deployment_id: 'id',
    node_role_id: 'id',
    tester: 'text',
    public: 'boolean',
    created_at: 'time',
    ended_at: 'time',
  },
  sorts: ['-created_at', 'state', 'cloud'],
});

export const outcome = z
  .object({
    certification_id: id,
    name: z.string(),
    id: z.string().nullable().meta({ description: '`id-…` of the suite.' }),
    status: testStatus,
    seconds: z.number().nullable(),
    worker: z.string().nullable(),
    reason: z.string().nullable(),
    traceback: z.string().nullable().meta({ description: 'Its end.' }),
  })
  .meta({ id: 'Outcome' });

export const outcomes = listed({
  fields: { name: 'text', test_id: 'text', status: 'text', seconds: 'number', worker: 'text' },
  sorts: ['name', 'status'],
});

const statusCount = z.object({ tests: count, flagged: count, passed: count, passed_flagged: count });
const byStatus = z.object({
  required: statusCount,
  advisory: statusCount,
  deprecated: statusCount,
  removed: statusCount,
});
const flag = z.object({
  code: z.string().nullable(),
  date: z.string().nullable(),
  reason: z.string().nullable(),
  action: z.string().nullable(),
});
const attempt = z.object({ run: z.int(), status: testStatus, seconds: z.number().nullable() });

export const verdict = z
  .object({
    rules: z.int(),
    guideline: z.string(),
    program: z.string(),
    met: z.boolean(),
    must_pass: mustPass,
    counts: byStatus,
    entries: byStatus.meta({ description: 'As RefStack counts: a test once for each capability that lists it.' }),
    required_percent: percent,
    unflagged_percent: percent,
    capabilities: z.array(
      z.object({
        name: z.string(),
        status: capabilityStatus,
        state: capabilityState,
        passed: count,
        not_passed: count,
        passed_flagged: count,
        not_passed_flagged: count,
      }),
    ),
    tests: z.array(
      z.object({
        test: z.object({
          key: z.string(),
          ids: z.array(z.string()),
          aliases: z.array(z.string()),
          flag: flag.nullable(),
        }),
        capabilities: z.array(z.string()),
        status: capabilityStatus,
        outcome: testOutcome,
        matched: foundBy.nullable(),
        retried: z.boolean(),
        seconds: z.number().nullable(),
        reason: z.string().nullable(),
        attempts: z.array(attempt),
      }),
    ),
    claim: z.string(),
    qualifiers: z.array(z.string()),
  })
  .meta({ id: 'Verdict' });

const disclosedTest = z.object({
  name: z.string(),
  capabilities: z.array(z.string()),
  outcome: testOutcome,
  must_pass: z.boolean(),
  reason: z.string().nullable(),
});
const disclosedPackage = z.object({
  name: z.string(),
  version: z.string(),
  source: z.string().nullable().meta({ description: 'What it was built from.' }),
  origin: z.string().nullable().meta({ description: 'Who made it, as the package database says.' }),
});

export const disclosure = z
  .object({
    guideline: z.object({ id: z.string(), kind: guidelineKind, status: z.string().nullable() }),
    program: z.object({ name: z.string(), title: z.string() }),
    claim: z.string(),
    qualifiers: z.array(z.string()),
    missing: z.array(disclosedTest),
    flagged: z.array(disclosedTest.extend({ flag })),
    failed: z.array(disclosedTest),
    skipped: z.array(disclosedTest),
    not_run: z.array(disclosedTest),
    matched_otherwise: z.array(z.object({ name: z.string(), by: foundBy })),
    retried: z.array(z.object({ name: z.string(), attempts: z.array(attempt) })),
    empty_capabilities: z.array(z.string()),
    settings: z.array(z.object({ setting: z.string(), value: z.string(), reason: z.string() })),
    credentials: suiteCredentials.nullable(),
    need_administrator: z
      .array(z.string())
      .meta({ description: 'Capabilities that need an administrator by the guideline, and of which a test ran.' }),
    tested_as_administrator: z.array(z.string()),
    simulated: z.array(z.string()),
    designated_sections: z.array(
      z.object({
        project: z.string(),
        status: z.string(),
        guidance: z.string().nullable(),
        sections: z.array(z.string()),
        packages: z.array(disclosedPackage),
      }),
    ),
    suite: z.object({ name: z.string(), version: z.string() }).nullable(),
    cloud: cloudFacts.nullable(),
    nodes: z.array(
      z.object({
        name: z.string(),
        roles: z.array(z.string()),
        operating_system: z.string().nullable(),
        kernel: z.string().nullable(),
        machine: z.string().nullable(),
        packages: z.array(disclosedPackage).meta({ description: 'Those that make the cloud.' }),
        package_list: z
          .object({ count: z.int().min(0), sha256: z.string() })
          .nullable()
          .meta({ description: 'All that the node has: a file of the evidence. Null when it could not be asked.' }),
      }),
    ),
    attributes: z.record(z.string(), z.unknown()),
    digests: z.object({
      guideline: z.string(),
      list: z.string().nullable(),
      configuration: z.string().nullable(),
      stream: z.string().nullable(),
    }),
  })
  .meta({ id: 'Disclosure' });

export const fit = z
  .object({
    guideline: z.string(),
    kind: guidelineKind,
    program: z.string(),
    title: z.string(),
    standing: z.enum(['fits', 'simulated', 'partly', 'not-attempted']),
    must_pass: mustPass,
    percent,
    attempted: count,
    lacking: z.array(
      z.object({
        capability: z.string(),
        state: capabilityState,
        tests: z.array(
          z.object({
            name: z.string(),
            outcome: testOutcome,
            reason: z.string().nullable(),
            role: z.string().nullable().meta({ description: 'The role that would mend it.' }),
          }),
        ),
        roles: z.array(z.string()),
      }),
    ),
    says: z.string(),
    qualifiers: z.array(z.string()),
  })
  .meta({ id: 'Fit' });

const compared = z.object({
  guideline: z.string(),
  program: z.string(),
  met: z.boolean(),
  must_pass: mustPass,
  claim: z.string(),
});
const changedTest = z.object({
  name: z.string(),
  before: testOutcome,
  after: testOutcome,
  reason: z.string().nullable(),
});

export const comparison = z
  .object({
    before: compared,
    after: compared,
    newly_passing: z.array(changedTest),
    newly_failing: z.array(changedTest),
    failed_to_skipped: z.array(changedTest),
    skipped_to_failed: z.array(changedTest),
    otherwise_changed: z.array(changedTest),
    added: z.array(z.string()),
    removed: z.array(z.string()),
    slower: z.array(z.object({ name: z.string(), before: z.number(), after: z.number() })),
    capabilities: z.array(
      z.object({ name: z.string(), before: capabilityState.nullable(), after: capabilityState.nullable() }),
    ),
    attributes: z
      .array(z.object({ name: z.string(), before: z.unknown(), after: z.unknown() }))
      .meta({ description: 'What changed in the cloud; a value that is absent there was not set.' }),
  })
  .meta({ id: 'Comparison' });

export const certificationReport = z
  .object({
    says: z.string().meta({ description: 'That these results are unofficial.' }),
    certification: certificationDetail,
    verdicts: z.array(verdict),
    disclosures: z.array(disclosure),
    outcomes: z.array(outcome.omit({ certification_id: true })),
    comparison: comparison.nullable().meta({ description: 'With the certification of the same cloud before it.' }),
    comparison_with: id.nullable(),
  })
  .meta({ id: 'CertificationReport' });

export const historyEntry = z
  .object({
    certification_id: id,
    parent_id: id.nullable(),
    cloud: z.string(),
    guideline: z.string(),
    revision: z.int(),
    program: z.string(),
    met: z.boolean(),
    must_pass_total: count,
    must_pass_passed: count,
    suite: z.string().nullable(),
    seconds: z.number().nullable(),
    ended_at: timestamp,
  })
  .meta({ id: 'HistoryEntry' });
