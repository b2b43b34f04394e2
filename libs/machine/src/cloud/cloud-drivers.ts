import { ProviderDrivers, type NodeProvider, type ProviderAccess } from '#app';
import { refuse, type Refusal } from '#core';
import { accessOf } from './openstack/access.js';
import { OpenStackProvider } from './openstack/openstack-provider.js';

/** Drivers that are kept, with their tokens; the one that was longest not asked for goes first. */
const KEPT_MAX = 50;

/** The drivers that an installation has, by kind of provider. One is kept for each way of access, so that it logs in once. */
export class CloudDrivers extends ProviderDrivers {
  private readonly kept = new Map<string, NodeProvider>();

  override open(provider: ProviderAccess): NodeProvider | Refusal {
    if (provider.kind !== 'openstack')
      return refuse('unavailable', `this worker has no driver for providers of kind ${provider.kind}.`);
    const key = JSON.stringify(provider);
    const driver = this.kept.get(key) ?? new OpenStackProvider(accessOf(provider));
    this.kept.delete(key);
    this.kept.set(key, driver);
    for (const oldest of this.kept.keys()) if (this.kept.size > KEPT_MAX) this.kept.delete(oldest);
    return driver;
  }
}
