import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT, startTestServices } from '../deploy/runtime/index.js';

/**
 * Gives the test run its PostgreSQL and Redis; see `#runtime`'s testing.ts for what specs may ask of them. The specs of
 * e2e start Anneal's own processes, so `dist/` is brought up to date for them.
 */
export default async function setup(project: { readonly name: string }): Promise<() => Promise<void>> {
  if (project.name === 'e2e') build();
  const services = await startTestServices();
  return () => services.stop();
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(CHECKOUT, 'scripts', 'build.mjs')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the sources do not compile:\n${stderr}`);
}
