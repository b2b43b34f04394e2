import { ALL_NODE_ROLE_STATES, type NodeRoleState, type Outcome, type Refusal } from '#core';
import { fullName, type NodeRoleName, type ScenarioDriver, type ScenarioNodeRole } from './driver.js';

/** More rounds than this, and a script never settles: something goes round in circles. */
const ROUNDS_MAX = 1_000;

/** Where a script is played: what was printed, what was expected and not so, and what the states were when last seen. */
export class Stage {
  /** Where bindings go that name no deployment. */
  deployment = 'system';
  showing: 'changes' | 'counts' = 'changes';
  readonly printed: string[] = [];
  readonly failures: string[] = [];
  private seen = new Map<string, ScenarioNodeRole>();
  private seenCounts = '';
  private lastAnswer: Refusal | null = null;
  private readonly planned = new Map<string, Outcome[]>();

  constructor(readonly driver: ScenarioDriver) {}

  say(line: string): void {
    this.printed.push(`  ${line}`);
  }

  answered(answer: Refusal | null): void {
    this.lastAnswer = answer;
    if (answer) this.say(`refused, ${answer.code}: ${answer.detail}`);
  }

  audited(sentences: readonly string[]): void {
    for (const sentence of sentences) this.fail(sentence);
    if (sentences.length === 0) this.say('clean');
  }

  expect(what: string, found: number | string, wanted: number | string): void {
    if (found !== wanted) this.fail(`${what}: expected ${wanted}, found ${found}`);
  }

  expectRefused(code: string): void {
    this.expect('the answer before', this.lastAnswer?.code ?? 'not refused', code);
  }

  fail(sentence: string): void {
    this.failures.push(sentence);
    this.say(`FAILED: ${sentence}`);
  }

  /** Noderoles in transition, by name. */
  async running(): Promise<ScenarioNodeRole[]> {
    return (await this.driver.nodeRoles()).filter(({ state }) => state === 'transition').sort(byName);
  }

  /** Remembers how a run to come ends. */
  ends(nodeRole: NodeRoleName, outcome: Outcome): void {
    const name = fullName(nodeRole);
    this.planned.set(name, [...(this.planned.get(name) ?? []), outcome]);
  }

  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await this.driver.pass();
      await this.showStates();
      const running = await this.running();
      if (running.length === 0 && !(await this.driver.waitForTime())) return;
      for (const nodeRole of running) {
        const outcome = this.planned.get(fullName(nodeRole))?.shift() ?? { kind: 'succeeded' };
        this.answered(await this.driver.finish(nodeRole, outcome));
      }
      await this.showStates();
    }
    this.fail(`nothing settled within ${ROUNDS_MAX} rounds`);
  }

  /** Prints what changed since the last time. */
  async showStates(): Promise<void> {
    const nodeRoles = (await this.driver.nodeRoles()).sort(byName);
    if (this.showing === 'counts') this.showCounts(nodeRoles);
    else this.showChanges(nodeRoles);
    this.seen = new Map(nodeRoles.map((nodeRole) => [fullName(nodeRole), nodeRole]));
  }

  wordFor({ state, paused }: ScenarioNodeRole): string {
    return paused ? `${state}, paused` : state;
  }

  private showChanges(nodeRoles: readonly ScenarioNodeRole[]): void {
    for (const nodeRole of nodeRoles) {
      const name = fullName(nodeRole);
      const before = this.seen.get(name);
      const [was, is] = [before && this.wordFor(before), this.wordFor(nodeRole)];
      if (was === undefined) this.say(`${name}: ${is}`);
      else if (was !== is) this.say(`${name}: ${was} -> ${is}`);
      if (before && before.deployment !== nodeRole.deployment)
        this.say(`${name}: moved from ${before.deployment} to ${nodeRole.deployment}`);
      this.seen.delete(name);
    }
    for (const name of this.seen.keys()) this.say(`${name}: gone`);
  }

  private showCounts(nodeRoles: readonly ScenarioNodeRole[]): void {
    const count = (wanted: NodeRoleState): number => nodeRoles.filter(({ state }) => state === wanted).length;
    const counts = ALL_NODE_ROLE_STATES.filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`);
    const line = counts.join(', ');
    if (line !== this.seenCounts) this.say(line);
    this.seenCounts = line;
  }
}

const byName = (a: NodeRoleName, b: NodeRoleName): number => (fullName(a) < fullName(b) ? -1 : 1);
