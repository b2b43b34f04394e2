import { asSuiteTest, SUITE_TESTS_MAX, type Json, type Suite } from '#core';
import type { IdSource } from '../ports/id-source.js';
import type { SuiteId } from '../ports/certification-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { SUITE_ROLE } from './order-noderole.js';

/** A stored suite as the rules read it. */
export const suiteOf = async (tx: Transaction, id: SuiteId): Promise<Suite | null> => {
  const stored = await tx.certifications.suiteTests(id);
  return stored && { name: stored.name, version: stored.version, tests: stored.tests.map(asSuiteTest) };
};

/**
 * Keeps the suite as the tester node listed it last, which its role has written; a sentence about what is missing where it
 * has not.
 */
export const keepListedSuite = async (
  tx: Transaction,
  { ids, tester }: { readonly ids: IdSource; readonly tester: string },
): Promise<SuiteId | string> => {
  const name = `${SUITE_ROLE}@${tester}`;
  const nodeRole = await tx.nodeRoles.find(name);
  if (!nodeRole) return `${SUITE_ROLE} is not bound to ${tester}, so that nobody knows which tests there are`;
  const listed = readListed(nodeRole.wall['tempest-suite'] ?? null);
  if (typeof listed === 'string') return `${name} ${listed}: retry it`;
  const digest = await tx.guidelines.digestOf(listed.tests.map((test) => `${test}\n`).join(''));
  return tx.certifications.keepSuite({ id: ids.next<SuiteId>(), ...listed, digest });
};

interface ListedSuite {
  readonly name: string;
  readonly version: string;
  /** Full ids. */
  readonly tests: readonly string[];
}

/** What the role writes: `{name, version, tests: {"module.Class": ["test[id-…]", …]}}`. */
const readListed = (value: Json): ListedSuite | string => {
  if (!isMap(value)) return 'has not told which tests there are';
  const { name, version, tests } = value;
  if (typeof name !== 'string' || typeof version !== 'string' || !isMap(tests ?? null))
    return 'has told of the suite in a way that is not understood';
  const full: string[] = [];
  for (const [parent, listed] of Object.entries(tests as Record<string, Json>))
    for (const test of Array.isArray(listed) ? (listed as readonly Json[]) : [])
      if (typeof test === 'string') full.push(`${parent}.${test}`);
  if (full.length === 0) return 'has listed no test';
  if (full.length > SUITE_TESTS_MAX) return `has listed ${full.length} tests, more than ${SUITE_TESTS_MAX}`;
  return { name, version, tests: full };
};

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
