import { join } from 'node:path';
import { createVitest, type TestCase, type Vitest } from 'vitest/node';
import type { CopiedTree } from './copied-tree.js';
import type { Guard } from './guard.js';

/** What a test says with or without its guard. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly test: string; readonly says: string }
  | { readonly kind: 'skipped' }
  /** Nothing was found out: the sources did not load, no test has that name, or it fell over the edit itself. */
  | { readonly kind: 'unclear'; readonly says: string };

/** Errors of an edit that does not run; what a guard keeps from happening is seen by an expectation or a wait without end. */
const NOT_RUN = /^(?:ReferenceError|SyntaxError|TypeError)\b/;

/** One vitest over a copied tree, which takes in edits of it and runs one test at a time. */
export class Trial {
  private constructor(
    private readonly vitest: Vitest,
    private readonly tree: CopiedTree,
  ) {}

  static async open(tree: CopiedTree, project: string): Promise<Trial> {
    const options = { root: tree.root, project: [project], watch: false, cache: false as const, reporters: [{}] };
    return new Trial(await createVitest('test', { ...options, config: join(tree.root, 'vitest.config.ts') }), tree);
  }

  /** As the sources are. */
  asTheyAre(guard: Guard): Promise<Verdict> {
    return this.run(guard);
  }

  /** With this guard taken out, and put back afterwards. */
  async without(guard: Guard): Promise<Verdict> {
    const path = join(this.tree.root, guard.file);
    const verdict = await this.tree.without(guard, () => {
      this.vitest.invalidateFile(path);
      return this.run(guard);
    });
    this.vitest.invalidateFile(path);
    return verdict;
  }

  close(): Promise<void> {
    return this.vitest.close();
  }

  private async run({ spec, test }: Guard): Promise<Verdict> {
    this.vitest.setGlobalTestNamePattern(new RegExp(test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    const specifications = await this.vitest.globTestSpecifications([join(this.tree.root, spec)]);
    const { testModules, unhandledErrors } = await this.vitest.runTestSpecifications(specifications);
    const cases = testModules.flatMap((module) => [...module.children.allTests()]);
    const named = cases.filter((each) => each.name.includes(test) && wasMeant(each.result()));
    const errors = testModules.flatMap((module) => module.errors().map(({ message }) => message));
    return verdictOf(named, [...errors, ...unhandledErrors.map(String)]);
  }
}

const verdictOf = (named: readonly TestCase[], errors: readonly string[]): Verdict => {
  for (const each of named) {
    const result = each.result();
    if (result.state !== 'failed') continue;
    const [error] = result.errors;
    const says = `${error?.name ?? 'Error'}: ${error?.message.split('\n')[0] ?? ''}`;
    return NOT_RUN.test(says) ? { kind: 'unclear', says } : { kind: 'failed', test: each.name, says };
  }
  if (errors.length > 0) return { kind: 'unclear', says: errors[0]!.split('\n')[0]! };
  if (named.some((each) => each.result().state === 'passed')) return { kind: 'passed' };
  return named.length > 0 ? { kind: 'skipped' } : { kind: 'unclear', says: 'no test has that name' };
};

/** Tests that the pattern left out have no result of their own. */
const wasMeant = ({ state }: ReturnType<TestCase['result']>): boolean => state !== 'pending';
