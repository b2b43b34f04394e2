import { parseArgs } from 'node:util';
import { takePidFile } from '#runtime';
import { servePackages } from './serve.js';
import { PackageStore } from './store.js';

/** The proxy as a process of its own, which outlives the command that made the lab. See start.ts. */
const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    mirror: { type: 'string', multiple: true, default: [] },
    store: { type: 'string' },
    'pid-file': { type: 'string' },
  },
});
const { host, port, mirror, store } = values;
if (!host || !port || !store || !values['pid-file'])
  throw new Error('--host, --port, --store and --pid-file are needed');

const proxy = await servePackages({ host, port: Number(port), mirrors: mirror, store: new PackageStore(store) });
// After the port is ours: who finds the file finds a proxy that answers.
const taken = takePidFile(values['pid-file']);
if (!taken.taken) throw new Error(`process ${taken.holder.pid} serves this lab already`);
process.stdout.write(`packages at ${proxy.address}\n`);

for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => {
    taken.file.release();
    void proxy.close().then(() => process.exit(0));
  });
