import type { Comparison } from '../certification/compare-verdicts.js';
import type { DisclosedTest, Disclosure } from '../certification/disclosure.js';
import type { TestOutcome } from '../certification/outcome.js';
import type { CapabilityVerdict, TestVerdict, Verdict } from '../certification/verdict.js';
import { UNOFFICIAL_RESULTS } from '../certification/wording.js';
import { markup, type Markup, type Part } from './markup.js';
import { page, type LookDigests } from './page.js';
import type { CertificationReport } from './report.js';

/** A report as one self-contained HTML page: to read, to print, to send. It loads nothing and works without its script. */
export const reportPage = (report: CertificationReport, digests: LookDigests): string =>
  page(`Report: ${report.cloud}`, [head(report), ...bodyOf(report)], digests);

const bodyOf = (report: CertificationReport): Part[] => [
  ...report.verdicts.map(verdictPart),
  failuresPart(report.outcomes),
  report.comparison && comparisonPart(report.comparison),
  ...report.disclosures.map(disclosurePart),
];

const head = (report: CertificationReport): Markup => markup`
<h1>${report.cloud}</h1>
<p class="unofficial">${UNOFFICIAL_RESULTS}</p>
${report.official && markup`<p class="official">Marked as official by ${report.official.by} on ${report.official.at}.</p>`}
${report.verdicts.map(({ claim }) => markup`<p class="claim">${claim}</p>`)}
<dl class="facts">
${fact('State', report.reason === '' ? report.state : `${report.state}: ${report.reason}`)}
${fact('Tests', `${report.counts.passed} of ${report.counts.total} passed, ${report.counts.failed + report.counts.setupFailed} failed, ${report.counts.skipped} skipped, ${report.counts.notRun} not run`)}
${fact('Suite', report.suite && `${report.suite.name} ${report.suite.version}`)}
${fact('Release', report.facts.release)}
${fact('Hypervisor', report.facts.hypervisor)}
${fact('Simulated', report.facts.simulated.join(', '))}
${fact('Started', report.startedAt)}
${fact('Ended', report.endedAt)}
${fact('Took', report.seconds === null ? null : `${Math.round(report.seconds)} s`)}
${fact('Note', report.note)}
${fact('Odd', report.notes.join('; '))}
${fact('Certification', report.id)}
</dl>`;

const fact = (name: string, value: string | null): Part =>
  value === null || value === '' ? null : markup`<dt>${name}</dt><dd>${value}</dd>`;

const verdictPart = (verdict: Verdict): Markup => markup`
<h2>${verdict.program}, guideline ${verdict.guideline}</h2>
<p class="claim ${verdict.met ? 'met' : 'not-met'}">${verdict.claim}</p>
<ul>${verdict.qualifiers.map((says) => markup`<li>${says}</li>`)}</ul>
<p>${verdict.mustPass.passed} of ${verdict.mustPass.total} must-pass tests;
required ${percentOf(verdict.requiredPercent)}, without flagged ${percentOf(verdict.unflaggedPercent)}.</p>
<p class="filters">Show <button type="button" data-filter="all" aria-pressed="true">all</button>
<button type="button" data-filter="passed">passed</button>
<button type="button" data-filter="not">not passed</button>
<button type="button" data-filter="flagged">flagged</button></p>
<div class="tree">${capabilitiesOf(verdict)}</div>`;

/** Rounded down: what is not complete never reads as 100 %. */
const percentOf = (percent: number): string => `${Math.floor(percent * 10) / 10} %`;

const capabilitiesOf = ({ capabilities, tests }: Verdict): Markup[] => {
  const byCapability = new Map<string, TestVerdict[]>();
  for (const test of tests)
    for (const name of test.capabilities) byCapability.set(name, [...(byCapability.get(name) ?? []), test]);
  return capabilities.map((capability) => capabilityPart(capability, byCapability.get(capability.name) ?? []));
};

const capabilityPart = (
  { name, status, state, passed, notPassed, passedFlagged, notPassedFlagged }: CapabilityVerdict,
  tests: readonly TestVerdict[],
): Markup => markup`
<details><summary><span class="state ${state}">${state}</span> ${name} (${status},
${passed + passedFlagged} of ${passed + notPassed + passedFlagged + notPassedFlagged})</summary>
<table>${tests.map(testRow)}</table></details>`;

const testRow = ({ test, outcome, matched, retried, seconds, reason }: TestVerdict): Markup => markup`
<tr data-outcome="${outcome}" data-flagged="${test.flag ? 'yes' : 'no'}"><td class="${outcome}">${outcome}</td>
<td class="name">${test.key}${test.flag && markup` <span class="flag">${test.flag.code ?? 'flagged'}</span>`}</td>
<td>${[matched !== null && matched !== 'name' ? `by ${matched}` : '', retried ? 'retried' : '', reason ?? ''].filter(Boolean).join('; ')}</td>
<td>${seconds === null ? '' : `${Math.round(seconds * 10) / 10} s`}</td></tr>`;

const failuresPart = (outcomes: readonly TestOutcome[]): Part => {
  const failed = outcomes.filter(({ status }) => status === 'failed' || status === 'setup-failed');
  if (failed.length === 0) return null;
  return markup`<h2>Failures</h2>${failed.map(
    ({ name, status, reason, traceback }) => markup`
<details><summary><span class="state ${status}">${status}</span> <span>${name}</span></summary>
${reason && markup`<p>${reason}</p>`}${traceback && markup`<pre>${traceback}</pre>`}</details>`,
  )}`;
};

const comparisonPart = (comparison: Comparison): Markup => markup`
<h2>Since the certification before</h2>
<p>${comparison.before.mustPass.passed} of ${comparison.before.mustPass.total} before,
${comparison.after.mustPass.passed} of ${comparison.after.mustPass.total} now.</p>
${changes('Newly passing', comparison.newlyPassing)}
${changes('Newly failing', comparison.newlyFailing)}
${changes('Failed before, skipped now', comparison.failedToSkipped)}
${changes('Skipped before, failing now', comparison.skippedToFailed)}
${changes('Changed otherwise', comparison.otherwiseChanged)}
${names('Asked for only now', comparison.added)}
${names('No longer asked for', comparison.removed)}
${names(
  'Slower',
  comparison.slower.map(({ name, before, after }) => `${name}: ${Math.round(before)} s, now ${Math.round(after)} s`),
)}
${names(
  'What changed in the cloud',
  comparison.attributes.map(({ name, before, after }) => `${name}: ${valueOf(before)} → ${valueOf(after)}`),
)}`;

const valueOf = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));

const changes = (
  title: string,
  tests: readonly { readonly name: string; readonly before: string; readonly after: string }[],
): Part =>
  names(
    title,
    tests.map(({ name, before, after }) => `${name}: ${before} → ${after}`),
  );

const names = (title: string, listed: readonly string[]): Part =>
  listed.length === 0
    ? null
    : markup`<h3>${title} (${listed.length})</h3><ul>${listed.map((name) => markup`<li class="name">${name}</li>`)}</ul>`;

const disclosurePart = (sheet: Disclosure): Markup => markup`
<h2>Disclosure: ${sheet.program.title}, guideline ${sheet.guideline.id}</h2>
${tests('Tests that the suite does not have', sheet.missing)}
${tests('Failed', sheet.failed)}
${tests('Skipped', sheet.skipped)}
${tests('Not run', sheet.notRun)}
${names(
  'Flagged in the guideline',
  sheet.flagged.map(
    ({ name, outcome, flag }) =>
      `${name}: ${outcome}; ${[flag.date, flag.reason, flag.action].filter(Boolean).join(', ')}`,
  ),
)}
${names(
  'Recognised otherwise than by name',
  sheet.matchedOtherwise.map(({ name, by }) => `${name}: by ${by}`),
)}
${names(
  'Passed only when tried again',
  sheet.retried.map(({ name, attempts }) => `${name}: ${attempts.map(({ status }) => status).join(', ')}`),
)}
${names('Capabilities without tests', sheet.emptyCapabilities)}
${names(
  'Settings of the suite that are not its defaults',
  sheet.settings.map(({ setting, value, reason }) => `${setting} ${value === '' ? '' : `= ${value} `}(${reason})`),
)}
<h3>As whom it was tested</h3><p>${asWhom(sheet.credentials)}</p>
${names('Capabilities that need an administrator by the guideline', sheet.needAdministrator)}
${names('Meant for users, and tested with the rights of an administrator', sheet.testedAsAdministrator)}
${names('Simulated', sheet.simulated)}
${names(
  'Designated sections',
  sheet.designatedSections.map(
    ({ project, status, packages }) =>
      `${project} (${status}): ${packages.map(({ name, version }) => `${name} ${version}`).join(', ') || 'packages are not known'}`,
  ),
)}
${names(
  'Nodes',
  sheet.nodes.map(({ name, roles, operatingSystem, kernel, machine, packageList }) =>
    [name, machine, operatingSystem, kernel, listed(packageList), roles.join(' ')].filter(Boolean).join('; '),
  ),
)}
${sheet.nodes
  .filter(({ packages }) => packages.length > 0)
  .map(({ name, packages }) =>
    names(
      `Packages of the cloud on ${name}`,
      packages.map((one) => `${one.name} ${one.version}${one.origin ? ` (${one.origin})` : ''}`),
    ),
  )}
<h3>Digests (SHA-256)</h3>
<dl class="facts">${fact('Guideline', sheet.digests.guideline)}${fact('List of tests', sheet.digests.list)}
${fact('Configuration', sheet.digests.configuration)}${fact('Stream', sheet.digests.stream)}</dl>`;

/** Enough of a digest to know it by. */
const DIGEST_SHOWN = 16;

const listed = (list: Disclosure['nodes'][number]['packageList']): string | null =>
  list && `${list.count} packages, listed in the evidence (${list.sha256.slice(0, DIGEST_SHOWN)}…)`;

const asWhom = (credentials: Disclosure['credentials']): string => {
  if (!credentials) return 'Nobody knows as whom the tests ran.';
  const { kind, administrator, userRoles } = credentials;
  const users = kind === 'made' ? 'users that an administrator made for them' : 'accounts that were given for them';
  const roles = userRoles.length > 0 ? `with the role ${userRoles.join(', ')}` : 'without a role of their own';
  const admin = administrator ? 'had one' : 'had none';
  return `Tests ran as ${users}, ${roles}; those that ask for an administrator ${admin}.`;
};

const tests = (title: string, listed: readonly DisclosedTest[]): Part =>
  names(
    title,
    listed.map(
      ({ name, mustPass, reason }) => `${name}${mustPass ? ' (must pass)' : ''}${reason ? `: ${reason}` : ''}`,
    ),
  );
