import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The slow linter: only rules that need types. Everything else is oxlint's. What is listed is an error; what is left out
 * of the presets is left out because oxlint or the compiler says it already.
 */
export default defineConfig(
  { ignores: ['dist', 'coverage', '.cache', '.anneal', 'apps/web', '**/*.js', '**/*.mjs'] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    // Directives in the sources speak to oxlint, whose rules are not known here.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      // A promise nobody waits for hides its error and outlives its unit of work. `void` says that it is meant.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      // A new state or outcome must be met everywhere.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    // Specs hand promises to timers and event emitters on purpose and await their effect.
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-misused-promises': 'off' },
  },
);
