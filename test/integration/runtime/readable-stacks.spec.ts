import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECKOUT } from '#runtime';
import { compileRuntime, type CompiledRuntime } from './compiled-runtime.js';

const SOURCE = `// A comment, which does not survive.
interface Gone { readonly soon: string }

export const fail = (): never => {
  const gone: Gone = { soon: 'now' };
  throw new TypeError('wrong ' + gone.soon, { cause: new Error('before') });
};
`;

let compiled: CompiledRuntime;
let folder: string;
beforeAll(async () => {
  compiled = await compileRuntime();
  folder = mkdtempSync(join(CHECKOUT, '.cache', 'stacks-'));
  const { code, map } = transformSync(SOURCE, {
    filename: 'fails.ts',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    sourceMaps: true,
  });
  writeFileSync(join(folder, 'fails.js'), code);
  writeFileSync(join(folder, 'fails.js.map'), map!);
  writeFileSync(
    join(folder, 'shows.mjs'),
    `import { readableStacks } from ${JSON.stringify(pathToFileURL(compiled.program('runtime/readable-stacks')).href)};
     import { fail } from './fails.js';
     readableStacks();
     try { fail(); } catch (error) { console.log(error.stack); console.log(error.cause.stack); }
     console.log(new Error('unmapped').stack);`,
  );
});
afterAll(() => {
  compiled.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a stack trace names the line of the source, and leaves alone what has none', () => {
  const out = execFileSync(process.execPath, [join(folder, 'shows.mjs')], { encoding: 'utf8' });
  expect(out).toMatch(/^TypeError: wrong now\n {4}at fail \(.*\/fails\.ts:6:9\)\n {4}at .*shows\.mjs:4:/);
  expect(out).toMatch(/Error: before\n {4}at fail \(.*\/fails\.ts:6:\d+\)/);
  expect(out).toMatch(/Error: unmapped\n {4}at file:.*shows\.mjs:5:/);
});
