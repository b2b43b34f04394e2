#!/usr/bin/env node
/**
 * Runs tests, fresh clone or not: installs what is missing, builds, runs the named vitest projects, and ends with one
 * line that counts them all. The tests themselves start the PostgreSQL and Redis that they need.
 *
 * Usage: node scripts/test.mjs [PROJECT...] [VITEST ARGUMENTS...]; without a project, all that are not opt-in. So
 * `npm run test:unit -- libs/core -t ripple` works as one would think.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.mjs';
import { install } from './install.mjs';
import { need } from './need.mjs';

const DEFAULT_PROJECTS = ['unit', 'scenario', 'contract', 'integration', 'e2e'];
/** They take minutes, a machine that lets us make network namespaces, or a browser. */
const OPT_IN_PROJECTS = ['lab', 'ui'];

const args = process.argv.slice(2);
const isProject = (argument) => [...DEFAULT_PROJECTS, ...OPT_IN_PROJECTS].includes(argument);
const firstOther = args.findIndex((argument) => !isProject(argument));
const named = firstOther === -1 ? args : args.slice(0, firstOther);
const passed = firstOther === -1 ? [] : args.slice(firstOther);
const projects = named.length > 0 ? named : DEFAULT_PROJECTS;

await install();
need('test');
// Chosen cases of installs take what `npm run lab` takes, and no browser, DHCP clients and the like.
if (projects.includes('lab')) need(process.env.ANNEAL_LAB_CASES ? 'lab' : 'test:lab');
if (projects.includes('ui')) need('test:ui');
const { build } = await import('./build.mjs');
await build();
// A lab is a whole Anneal, and its walk goes through the pages.
if (projects.includes('ui') || projects.includes('lab')) await (await import('./web.mjs')).buildWeb();

const report = join(CHECKOUT, '.cache', `tests-${process.pid}.json`);
mkdirSync(join(CHECKOUT, '.cache'), { recursive: true });
const code = await runVitest([
  'run',
  '--passWithNoTests',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...projects.map((project) => `--project=${project}`),
  ...passed,
]);
const counts = countsOf(report);
rmSync(report, { force: true });
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = code !== 0 || counts.failed > 0 ? 1 : 0;

/** Our signals are its signals; we end when it has. */
function runVitest(argv) {
  const child = spawn(process.execPath, [join(CHECKOUT, 'node_modules', 'vitest', 'vitest.mjs'), ...argv], {
    cwd: CHECKOUT,
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode ?? 1)));
}

/** A spec file that does not load has no test that failed: it counts as one, like an error outside of any test. */
function countsOf(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = results.testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.length === 0,
  ).length;
  const failed = results.numFailedTests + unloaded;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && !results.success ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
