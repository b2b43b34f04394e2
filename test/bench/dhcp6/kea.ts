import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Namespaces } from '../../lab/dhcp6/namespaces.js';

const READY_MS_MAX = 10_000;
const LOOK_MS = 50;

/** kea-dhcp6 with its leases in a file, as it comes: one thread, and no cleaning up meanwhile. Returns how to stop it. */
export const startKea6 = async (
  net: Namespaces,
  namespace: string,
  served: { readonly interface: string; readonly subnet: string; readonly pool: string; readonly folder: string },
): Promise<() => Promise<void>> => {
  const { folder } = served;
  const config = {
    Dhcp6: {
      'interfaces-config': { interfaces: [served.interface] },
      'data-directory': folder,
      'lease-database': { type: 'memfile', persist: true, name: join(folder, 'leases6.csv'), 'lfc-interval': 0 },
      'valid-lifetime': 600,
      'preferred-lifetime': 375,
      'renew-timer': 187,
      'rebind-timer': 300,
      subnet6: [{ id: 1, subnet: served.subnet, interface: served.interface, pools: [{ pool: served.pool }] }],
      loggers: [{ name: 'kea-dhcp6', severity: 'ERROR', output_options: [{ output: join(folder, 'log') }] }],
    },
  };
  const file = join(folder, 'kea-dhcp6.json');
  writeFileSync(file, JSON.stringify(config));
  const said: string[] = [];
  const run = ['KEA_PIDFILE_DIR=' + folder, 'KEA_LOCKFILE_DIR=' + folder, 'kea-dhcp6', '-c', file];
  const child = net.start(namespace, 'env', run, (line) => said.push(line));
  const end = Date.now() + READY_MS_MAX;
  for (;;) {
    const listens = await net.run(namespace, 'ss', ['-Hlun', 'sport', '=', ':547']);
    if (listens.includes(':547')) break;
    if (child.exitCode !== null || Date.now() > end) throw new Error(`kea-dhcp6 does not listen: ${said.join('\n')}`);
    await pause(LOOK_MS);
  }
  return () => net.end(child);
};
