import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT } from '#runtime';
import type { LabApi } from '../../../deploy/lab/api.js';
import type { Certification } from '../../../deploy/lab/cloud/certify.js';

/**
 * What a cloud is asked first, whatever it is built on: the tests of identity and images that the guideline 2020.06 demands,
 * where that is there (ANNEAL_GUIDELINES), and those of the profile that is shipped.
 */
const FOLDER = process.env['ANNEAL_GUIDELINES'] ?? join(CHECKOUT, '../shared/data/guidelines');
const PUBLISHED = join(FOLDER, '2020.06.json');
const PROFILE = join(CHECKOUT, 'libs/catalog/profiles/baseline.json');
const LOOK_MS = 1_000;

/** Why the published guideline cannot be asked for; empty where it can. */
export const noGuideline = existsSync(PUBLISHED) ? '' : ` (skipped: there is no ${PUBLISHED}, see ANNEAL_GUIDELINES)`;

/** Orders a certification of the deployment `cloud` and waits until it has ended. */
export async function certified(api: LabApi, order: object): Promise<Certification> {
  const { id } = await api.post<Certification>('certifications', { deployment: 'cloud', concurrency: 2, ...order });
  for (;;) {
    const now = await api.get<Certification>(`certifications/${id}`);
    if (now.state !== 'planned' && now.state !== 'running') return now;
    await pause(LOOK_MS);
  }
}

/** The program of the shipped profile that a cloud of keystone and glance can meet. */
export async function certifiedByProfile(api: LabApi): Promise<Certification> {
  await api.upload('guidelines?kind=local', readFileSync(PROFILE), 'application/octet-stream');
  return certified(api, { goals: [{ guideline: 'baseline', program: 'identity-image' }] });
}

/** The tests of identity and images among those that 2020.06 demands of Compute. */
export async function certifiedByPublished(
  api: LabApi,
): Promise<{ readonly names: readonly string[]; readonly certification: Certification }> {
  await api.upload('guidelines', readFileSync(PUBLISHED), 'application/octet-stream');
  const { programs, capabilities } = await api.get<{
    programs: readonly { name: string; capabilities: readonly { name: string; status: string }[] }[];
    capabilities: readonly { name: string; tests: readonly { key: string; flag: unknown }[] }[];
  }>('guidelines/2020.06/capabilities');
  const compute = programs.find(({ name }) => name === 'compute')?.capabilities ?? [];
  const required = new Set(compute.filter(({ status }) => status === 'required').map(({ name }) => name));
  const demanded = capabilities
    .filter(({ name }) => required.has(name))
    .flatMap(({ tests }) => tests)
    .filter(({ key, flag }) => flag === null && /^tempest\.api\.(identity|image)\./.test(key));
  const names = [...new Set(demanded.map(({ key }) => key))];
  const goals = [{ guideline: '2020.06', program: 'compute' }];
  return { names, certification: await certified(api, { goals, scope: { kind: 'tests', names } }) };
}
