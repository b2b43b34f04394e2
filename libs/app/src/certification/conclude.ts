import {
  asSuiteTest,
  disclose,
  invariant,
  isRefusal,
  judge,
  NODE_FILES,
  readToldByNode,
  settingsByRule,
  type CertificationState,
  type DisclosedNode,
  type Json,
  type JsonObject,
  type Suite,
  type SuiteSetting,
  type TestOutcome,
  type TestStatus,
  type Verdict,
} from '#core';
import { hideSecrets } from '../attrib/hide-secrets.js';
import type { GoalClaim } from '../ports/certification-book.js';
import type {
  CertificationCounts,
  CertificationDetail,
  CertificationRecord,
  EvidenceFile,
  PlannedGoal,
} from '../ports/certification-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { guidelineOf } from './goals.js';
import { suiteOf } from './suite-of.js';

/** How it ended, and what is told of that. */
export interface Ending {
  readonly state: Extract<CertificationState, 'finished' | 'cancelled' | 'failed' | 'imported'>;
  readonly at: Date;
  readonly seconds: number | null;
  readonly notes: readonly string[];
  readonly reason: string;
}

/**
 * Ends a certification in the transaction that says so: what was ordered and has no outcome did not run, each goal gets its
 * verdict over the whole line from the first certification to this one, and what has to be disclosed is written down beside
 * them while everything is as it was.
 */
export const conclude = async (
  tx: Transaction,
  record: CertificationRecord | CertificationDetail,
  ending: Ending,
): Promise<readonly GoalClaim[]> => {
  const { id } = record;
  const counted = await tx.certifications.addOutcomes(id, notRun(record.loadList ?? []));
  const counts = countsOf(counted, null);
  const verdicts = await judgeGoals(tx, record);
  for (const { goal, verdict } of verdicts) await tx.certifications.putVerdict(id, goal.guidelineId, verdict);
  await tx.certifications.update(id, {
    state: ending.state,
    endedAt: ending.at,
    counts,
    seconds: ending.seconds,
    notes: [...record.notes, ...ending.notes],
    reason: ending.reason,
    disclosure: await disclosuresOf(tx, record, verdicts),
  });
  tx.tell({
    kind: 'certification.finished',
    ...subjectOf(record),
    data: {
      certification: id,
      state: ending.state,
      passed: counts.passed,
      total: counts.total,
      verdicts: verdicts.map(({ goal, verdict }) => ({
        guideline: goal.guideline,
        program: goal.program,
        met: verdict.met,
        claim: verdict.claim,
      })),
    },
  });
  return verdicts.map(({ verdict: { met, claim } }) => ({ met, claim }));
};

const notRun = (loadList: readonly string[]): TestOutcome[] =>
  loadList.map((full) => {
    const { name, id } = asSuiteTest(full);
    return { name, id, status: 'not-run', seconds: null, worker: null, reason: null, traceback: null };
  });

/** How many there are of each; `total` is what was ordered, or all that are known of. */
export const countsOf = (counted: Readonly<Record<TestStatus, number>>, total: number | null): CertificationCounts => ({
  total: total ?? Object.values(counted).reduce((sum, each) => sum + each, 0),
  passed: counted.passed,
  failed: counted.failed,
  skipped: counted.skipped,
  setupFailed: counted['setup-failed'],
  notRun: counted['not-run'],
});

/** What events of a certification are about. */
export const subjectOf = ({
  nodeRoleId,
  deploymentId,
  runId,
}: Pick<CertificationDetail, 'nodeRoleId' | 'deploymentId' | 'runId'>) => ({
  ...(nodeRoleId ? { nodeRoleId } : {}),
  ...(deploymentId ? { deploymentId } : {}),
  ...(runId ? { runId } : {}),
});

/** Outcomes of the whole line, the first certification first. */
export const runsOf = async (
  tx: Transaction,
  { id }: Pick<CertificationDetail, 'id'>,
): Promise<(readonly TestOutcome[])[]> => {
  const runs: (readonly TestOutcome[])[] = [];
  for (const each of await tx.certifications.line(id)) runs.push(await tx.certifications.outcomes(each));
  return runs;
};

interface JudgedGoal {
  readonly goal: PlannedGoal;
  readonly verdict: Verdict;
  readonly suite: Suite | null;
}

const judgeGoals = async (tx: Transaction, record: CertificationDetail): Promise<JudgedGoal[]> => {
  const runs = await runsOf(tx, record);
  // The row may say more than the record that was read before it.
  const { suite: kept, facts } = (await tx.certifications.find(record.id))!;
  const suite = kept && (await suiteOf(tx, kept.id));
  const judged: JudgedGoal[] = [];
  for (const goal of record.goals) {
    const guideline = await guidelineOf(tx, goal);
    const verdict = judge({ guideline, program: goal.program, runs, suite, facts });
    invariant(!isRefusal(verdict), `guideline ${goal.guideline} lost its program ${goal.program}`);
    judged.push({ goal, verdict, suite });
  }
  return judged;
};

/** One sheet for each goal, by `guideline/program`. */
const disclosuresOf = async (
  tx: Transaction,
  record: CertificationDetail,
  verdicts: readonly JudgedGoal[],
): Promise<JsonObject> => {
  const { facts, inputs } = (await tx.certifications.find(record.id))!;
  const nodes = await nodesOf(tx, record);
  const attributes = await attributesOf(tx, record);
  const digests = {
    list: record.loadList && (await tx.guidelines.digestOf(record.loadList.map((full) => `${full}\n`).join(''))),
    configuration: inputs && (await tx.guidelines.digestOf(inputs.conf)),
    stream: await tx.certifications.streamDigest(record.id),
  };
  const sheets: Record<string, Json> = {};
  for (const { goal, verdict, suite } of verdicts) {
    const sheet = disclose({
      guideline: await guidelineOf(tx, goal),
      verdict,
      suite,
      facts,
      settings: settingsOf(record, inputs),
      credentials: inputs?.credentials ?? null,
      nodes,
      attributes,
      digests: { guideline: goal.digest, ...digests },
    });
    invariant(!isRefusal(sheet), `guideline ${goal.guideline} lost its program ${goal.program}`);
    sheets[`${goal.guideline}/${goal.program}`] = sheet as unknown as Json;
  }
  return sheets;
};

/** What the plan asks for, and what is set by a rule of ours; all else only says what the cloud is. */
const settingsOf = ({ settings }: CertificationDetail, inputs: CertificationDetail['inputs']): SuiteSetting[] => {
  const ruled = inputs === null ? [] : settingsByRule(inputs);
  const planned = Object.entries(settings).map(([setting, value]) => ({ setting, value, reason: ASKED_FOR }));
  return [...ruled.filter(({ setting }) => !(setting in settings)), ...planned];
};

const ASKED_FOR = 'asked for by the plan';

/** Nodes of the deployment that was tested, with their roles and what they told of themselves when the suite had ended. */
const nodesOf = async (tx: Transaction, { id, deploymentId }: CertificationDetail): Promise<DisclosedNode[]> => {
  if (deploymentId === null) return [];
  const { nodeRoles } = await tx.nodeRoles.graphOf(deploymentId);
  const roles = new Map<string, string[]>();
  for (const { node, role, outside } of nodeRoles) if (!outside) roles.set(node, [...(roles.get(node) ?? []), role]);
  const evidence = await tx.certifications.evidence(id);
  const nodes: DisclosedNode[] = [];
  for (const [name, bound] of [...roles].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const node = await tx.nodes.find(name);
    if (!node || node.system) continue;
    const told = toldBy(name, evidence);
    const { kernel } = node.inventory;
    nodes.push({
      name,
      roles: bound.sort(),
      operatingSystem: told?.operatingSystem ?? null,
      kernel: told?.kernel ?? (typeof kernel === 'string' && kernel !== '' ? kernel : null),
      machine: told?.machine ?? null,
      packages: told?.packages ?? [],
      packageList: told?.list ?? null,
    });
  }
  return nodes;
};

const toldBy = (node: string, evidence: readonly EvidenceFile[]) => {
  const folder = `nodes/${node}/`;
  const own = evidence.filter(({ path }) => path.startsWith(folder));
  const decoder = new TextDecoder();
  const told = readToldByNode(
    new Map(own.map(({ path, bytes }) => [path.slice(folder.length), decoder.decode(bytes)])),
  );
  const file = own.find(({ path }) => path === folder + NODE_FILES.packages);
  return told && { ...told, list: file ? { count: told.packages.length, sha256: file.sha256 } : null };
};

/** What the deployment's roles were told, value by value, without secrets: what a later run is compared with. */
const attributesOf = async (
  tx: Transaction,
  { deploymentId }: CertificationDetail,
): Promise<Readonly<Record<string, Json>>> => {
  if (deploymentId === null) return {};
  const { deploymentRoles, nodeRoles } = await tx.commits.current(deploymentId);
  const paths = await tx.commits.secretPaths([...new Set([...deploymentRoles, ...nodeRoles].map(({ role }) => role))]);
  const values: Record<string, Json> = {};
  const take = (prefix: string, role: string, data: JsonObject): void => {
    for (const [key, value] of Object.entries(hideSecrets(data, paths.get(role) ?? [])))
      if (!ORDER_KEYS.has(key)) values[`${prefix}/${key}`] = value;
  };
  for (const { role, committedData } of deploymentRoles) take(role, role, committedData);
  for (const { role, node, committedData } of nodeRoles) take(`${role}@${node}`, role, committedData);
  return values;
};

/** These say which certification it is, which is no property of the cloud. */
const ORDER_KEYS: ReadonlySet<string> = new Set(['certify-order', 'certify-endpoint-order']);
