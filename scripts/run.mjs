#!/usr/bin/env node
/**
 * Runs one of the project's programs from a checkout, fresh clone or not: installs what is missing, builds what is
 * stale, and goes on in the same process, so that signals and exit codes are the program's own.
 *
 * Usage: node scripts/run.mjs [--need NAME] ENTRY [ARGS...], with ENTRY such as deploy/lab/main.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHECKOUT } from './checkout.mjs';
import { install } from './install.mjs';
import { need } from './need.mjs';

const args = process.argv.slice(2);
const command = args[0] === '--need' ? args.splice(0, 2)[1] : null;
const [entry, ...rest] = args;

await install();
if (command) need(command);
const { build } = await import('./build.mjs');
await build();
if (command === 'lab') await (await import('./web.mjs')).tryBuildWeb();

const program = join(CHECKOUT, 'dist', `${entry}.js`);
if (!existsSync(program)) throw new Error(`there is no program ${entry}.ts in this checkout`);
process.argv = [process.argv[0], program, ...rest];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(program).href);
