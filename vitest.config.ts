import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const conditions = ['source', 'module', 'node', 'development|production'];
const globalSetup = ['./test/global-setup.ts'];

/** Unit specs stand beside the code; everything that starts a process or a service lives under test/. */
export default defineConfig({
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // One of each processor. Left to itself vitest keeps one free, which on two halves the pace of specs that mostly wait.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // They start nothing and leave nothing behind, so they may share what they import; that was most of their time.
          isolate: false,
          include: [
            'libs/**/*.spec.ts',
            'apps/**/*.spec.ts',
            'deploy/**/*.spec.ts',
            'test/chaos/**/*.spec.ts',
            'test/bench/**/*.spec.ts',
          ],
          // A bound on hanging, not a claim on speed: properties take seconds on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      { extends: true, test: { name: 'scenario', testTimeout: 60_000, include: ['test/scenario/**/*.spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'contract',
          globalSetup,
          include: ['test/contract/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          // Each has a database of its own, so they too may share what they import.
          isolate: false,
          globalSetup,
          include: ['test/integration/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          globalSetup,
          include: ['test/e2e/**/*.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'ui',
          globalSetup,
          include: ['test/ui/**/*.spec.ts'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
