import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT, freePort } from '#runtime';
import { LabApi } from '../../../deploy/lab/api.js';
import type { ContainerNode } from '../../../deploy/lab/container-node.js';
import { openFleets } from '../../../deploy/lab/fleet.js';

/** A cloud as `npm run lab -- --cloud` makes one, in a home of its own, for tests. Nothing of it is left when it is closed. */
export const DOWN_MS_MAX = 120_000;
const OUTPUT_MAX = 64 * 1_048_576;

export class CloudLab {
  private constructor(
    readonly api: LabApi,
    private readonly home: string,
  ) {}

  /** Builds a flavour; fails after `deadlineMs`. Packages that the cache does not have are fetched. */
  static async build(flavour: string, deadlineMs: number): Promise<CloudLab> {
    const home = mkdtempSync(join(tmpdir(), 'anneal-lab-'));
    try {
      const port = ['--port', String(await freePort())];
      const said = await lab(home, ['--cloud', '--flavour', flavour, '--no-certify', ...port], deadlineMs);
      const times = /the cloud stands, .*/.exec(said)?.[0];
      if (times !== undefined) console.log(`lab: ${flavour}: ${times}`);
    } catch (cause) {
      await takeDown(home);
      throw new Error(`build the cloud ${flavour}`, { cause });
    }
    const read = (file: string): string => readFileSync(join(home, file), 'utf8').trim();
    process.env['ANNEAL_HOME'] = home;
    return new CloudLab(new LabApi(read('address'), read('admin-token')), home);
  }

  async close(): Promise<void> {
    delete process.env['ANNEAL_HOME'];
    await takeDown(this.home);
  }

  /** The container that is this node. */
  async node(name: string): Promise<ContainerNode> {
    const nodes = (await openFleets()).flatMap((fleet) => fleet.nodes);
    const found = nodes.find((each) => each.name === name);
    if (!found) throw new Error(`the lab has no node ${name}`);
    return found;
  }

  /** What a noderole gives out. */
  async wallOf(nodeRole: string): Promise<Record<string, { url: string }>> {
    return (await this.api.get<{ wall: Record<string, { url: string }> }>(`node_roles/${nodeRole}`)).wall;
  }
}

async function lab(home: string, args: readonly string[], timeout: number): Promise<string> {
  const argv = [join(CHECKOUT, 'dist/deploy/lab/main.js'), ...args];
  const env = { ...process.env, ANNEAL_HOME: home };
  return (await promisify(execFile)(process.execPath, argv, { env, timeout, maxBuffer: OUTPUT_MAX })).stdout;
}

async function takeDown(home: string): Promise<void> {
  await lab(home, ['--down'], DOWN_MS_MAX);
  rmSync(home, { recursive: true, force: true });
}
