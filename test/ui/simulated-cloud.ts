import {
  AdvanceProvided,
  FirstLogin,
  KeepWorkerKey,
  ProviderDrivers,
  SealedAttribs,
  SilentLog,
  VETOES,
  type NodeProvider,
} from '#app';
import type { CloudOffer } from '#core';
import { AjvValidator, openSecretBox, RandomSecrets, TimeOrderedIds } from '#store';
import { SimulatedProvider } from '#testkit';
import type { Workshop } from '../e2e/rest/workshop.js';

/** Turns that are taken at the most until something is so. */
const TURNS_MAX = 60;

const OFFER: CloudOffer = {
  networks: [
    { id: 'n-1', name: 'public', external: true, usable: false },
    { id: 'n-2', name: 'private', external: false, usable: true },
  ],
  flavors: [
    { id: 'f-1', name: 'small', vcpus: 1, memory_mib: 1_024, disk_gib: 10 },
    { id: 'f-2', name: 'large', vcpus: 8, memory_mib: 16_384, disk_gib: 80 },
  ],
  images: [{ id: 'i-1', name: 'debian-12', memory_mib: 0, disk_gib: 2, distribution: 'debian', account: null }],
  notes: [],
};

/** Every provider is one simulated site. */
class Simulated extends ProviderDrivers {
  constructor(private readonly site: NodeProvider) {
    super();
  }

  override open(): NodeProvider {
    return this.site;
  }
}

/** Machines of the simulated site let in whoever comes with the key, into the account that is tried second. */
class OpenDoor extends FirstLogin {
  override makeKey = () => ({ privateKey: 'of the node', publicKey: 'ssh-ed25519 AAAA' });
  override logIn = async (_reach: unknown, accounts: readonly string[]) => ({
    kind: 'done' as const,
    account: accounts[1] ?? 'root',
    hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y',
    refused: accounts.slice(0, 1),
  });
  override secure = async () => ({ kind: 'done' as const, offers: [], says: 'by keys alone' });
  override forgetKey = async () => ({ kind: 'done' as const });
}

/** The leader's turns for what was asked of providers, against a site in memory. */
export const simulatedCloud = async (shop: Workshop) => {
  const { unitOfWork } = shop.server.assembly;
  const site = new SimulatedProvider(OFFER);
  const secrets = openSecretBox(shop.home, undefined);
  await new KeepWorkerKey(unitOfWork).execute('worker.test', 'ssh-ed25519 AAAA worker');
  const advance = new AdvanceProvided({
    unitOfWork,
    ids: new TimeOrderedIds(),
    vetoes: VETOES,
    schemas: new AjvValidator(),
    secrets,
    sealed: new SealedAttribs(secrets, new RandomSecrets()),
    log: new SilentLog(),
    login: new OpenDoor(),
    drivers: new Simulated(site),
  });
  return {
    site,
    /** Takes turns until a node stands so, and answers with it. */
    until: async (provider: string, node: string, states: readonly string[]) => {
      for (let turns = 0; turns < TURNS_MAX; turns += 1) {
        const { body } = await shop.viewer('GET', `providers/${provider}/nodes/${node}`);
        if (states.includes(body.state)) return body;
        // What is to be asked again in some seconds is asked now.
        await shop.query('UPDATE provided_nodes SET due_at = now()');
        await advance.execute();
      }
      throw new Error(`${node} did not come to be ${states.join(' or ')}`);
    },
  };
};
