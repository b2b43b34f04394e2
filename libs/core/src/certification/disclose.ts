import type { Json } from '../base/json.js';
import { isRefusal, type Refusal } from '../base/refusal.js';
import type { CloudFacts } from './certification.js';
import type {
  DesignatedStatement,
  DisclosedDigests,
  DisclosedNode,
  DisclosedPackage,
  DisclosedTest,
  Disclosure,
  SuiteSetting,
} from './disclosure.js';
import type { Guideline } from './guideline.js';
import { findProgram, isMustPass } from './resolve-program.js';
import type { SuiteCredentials } from './suite-credentials.js';
import type { Suite } from './suite.js';
import type { TestVerdict, Verdict } from './verdict.js';

/** What is known of a run beside its outcomes; secrets are masked by whoever gathers it. */
export interface Circumstances {
  readonly guideline: Guideline;
  readonly verdict: Verdict;
  readonly suite: Suite | null;
  readonly facts: CloudFacts | null;
  /** Settings of the suite that differ from its defaults. */
  readonly settings: readonly SuiteSetting[];
  readonly credentials: SuiteCredentials | null;
  /** With all packages that they have. */
  readonly nodes: readonly DisclosedNode[];
  readonly attributes: Readonly<Record<string, Json>>;
  readonly digests: DisclosedDigests;
}

/** Writes the disclosure sheet of a verdict. */
export const disclose = (circumstances: Circumstances): Disclosure | Refusal => {
  const { guideline, verdict, suite, facts } = circumstances;
  const program = findProgram(guideline, verdict.program);
  if (isRefusal(program)) return program;
  const ended = (...outcomes: readonly TestVerdict['outcome'][]): readonly DisclosedTest[] =>
    verdict.tests.filter(({ outcome }) => outcomes.includes(outcome)).map(disclosed);
  return {
    guideline: { id: guideline.id, kind: guideline.kind, status: guideline.status },
    program: { name: program.name, title: program.title },
    claim: verdict.claim,
    qualifiers: verdict.qualifiers,
    missing: ended('missing'),
    flagged: verdict.tests.flatMap((one) => (one.test.flag ? [{ ...disclosed(one), flag: one.test.flag }] : [])),
    failed: ended('failed', 'setup-failed'),
    skipped: ended('skipped'),
    notRun: ended('not-run'),
    matchedOtherwise: verdict.tests.flatMap(({ test, matched }) =>
      matched !== null && matched !== 'name' ? [{ name: test.key, by: matched }] : [],
    ),
    retried: verdict.tests.filter(({ retried }) => retried).map(({ test, attempts }) => ({ name: test.key, attempts })),
    emptyCapabilities: verdict.capabilities.filter(({ state }) => state === 'empty').map(({ name }) => name),
    settings: circumstances.settings,
    credentials: circumstances.credentials,
    needAdministrator: testedCapabilities(guideline, verdict, { admin: true }),
    testedAsAdministrator: circumstances.credentials?.usersAreAdministrators
      ? testedCapabilities(guideline, verdict, { admin: false })
      : [],
    simulated: simulatedParts(facts),
    designatedSections: statements(guideline, circumstances.nodes),
    suite: suite ? { name: suite.name, version: suite.version } : null,
    cloud: facts,
    nodes: circumstances.nodes.map((node) => ({ ...node, packages: ofCloud(guideline, node.packages) })),
    attributes: circumstances.attributes,
    digests: circumstances.digests,
  };
};

const disclosed = ({ test, capabilities, status, outcome, reason }: TestVerdict): DisclosedTest => ({
  name: test.key,
  capabilities,
  outcome,
  mustPass: isMustPass(status, test),
  reason,
});

/** Those of which a test ran, and that the guideline means for administrators, or for plain users. */
const testedCapabilities = (
  guideline: Guideline,
  verdict: Verdict,
  { admin }: { readonly admin: boolean },
): readonly string[] => {
  const ran = new Set(
    verdict.tests.filter(({ attempts }) => attempts.length > 0).flatMap(({ capabilities }) => capabilities),
  );
  return verdict.capabilities
    .map(({ name }) => name)
    .filter((name) => ran.has(name) && guideline.capabilities.get(name)?.admin === admin);
};

const simulatedParts = (facts: CloudFacts | null): readonly string[] => {
  const hypervisor =
    facts?.hypervisor === 'fake'
      ? ['the hypervisor: the compute service ran its fake driver']
      : facts?.hypervisor === 'qemu'
        ? ['the processors of guests: they were emulated, not virtualised']
        : [];
  return [...hypervisor, ...(facts?.simulated ?? [])];
};

const statements = (guideline: Guideline, nodes: readonly DisclosedNode[]): readonly DesignatedStatement[] =>
  guideline.designatedSections.map((section) => ({ ...section, packages: packagesOf(section.project, nodes) }));

/**
 * What a cloud is made of, beside the projects that a guideline names: theirs, and what they stand on. Packages of all these
 * are shown of each node; the rest is in the evidence.
 */
const CLOUD_PARTS = [
  ...[
    'keystone',
    'glance',
    'placement',
    'nova',
    'neutron',
    'cinder',
    'swift',
    'horizon',
    'heat',
    'designate',
    'tempest',
  ],
  ...[
    'ceph',
    'mariadb',
    'mysql',
    'galera',
    'rabbitmq',
    'memcached',
    'apache2',
    'httpd',
    'haproxy',
    'keepalived',
    'etcd',
  ],
  ...['libvirt', 'qemu', 'openvswitch', 'ovn', 'lvm2'],
];

const ofCloud = (guideline: Guideline, packages: readonly DisclosedPackage[]): readonly DisclosedPackage[] => {
  const projects = new Set([...CLOUD_PARTS, ...guideline.designatedSections.map(({ project }) => wordOf(project))]);
  return packages.filter((one) => isOf(one, projects));
};

/** Nodes that have the same package count once. */
const packagesOf = (project: string, nodes: readonly DisclosedNode[]): readonly DisclosedPackage[] => {
  const found = new Map<string, DisclosedPackage>();
  const projects = new Set([wordOf(project)]);
  for (const one of nodes.flatMap(({ packages }) => packages))
    if (isOf(one, projects)) found.set(`${one.name} ${one.version} ${one.origin ?? ''}`, one);
  return [...found.values()];
};

/** Packages, or what they are built from, are called after their project on every distribution. */
const isOf = ({ name, source }: DisclosedPackage, projects: ReadonlySet<string>): boolean =>
  [...name.split('-'), ...(source ?? '').split('-')].some((word) => projects.has(word));

const wordOf = (project: string): string => project.replaceAll(/[^\w]/g, '');
