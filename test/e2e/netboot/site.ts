import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '#runtime';
import { ShippedFolder } from '#catalog';
import { createServer, type Server } from '../../../apps/server/src/server.js';
import { ServerLog } from '../../../apps/server/src/server-log.js';
import { callerOf, type Caller } from '../rest/running-server.js';

/** An installation with its server, an admin node and a network from which machines boot. */
export interface Site {
  readonly databaseUrl: string;
  readonly home: string;
  readonly admin: Caller;
  readonly server: Server;
  /** The body of an answer that must be a success. */
  // Tests look into answers of every shape; a type for each would only repeat the schemas.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ask(method: string, path: string, body?: unknown): Promise<any>;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  lastEvent(): Promise<number>;
  stop(): Promise<void>;
}

/** Base address of the network `boot`; its machines have a /16. */
export const SUBNET = '10.9.0.0';

export const openSite = async (name: string): Promise<Site> => {
  const database = await freshDatabase(name);
  const home = mkdtempSync(join(tmpdir(), 'anneal-netboot-'));
  const server = await createServer({
    databaseUrl: database.url,
    home,
    log: new ServerLog({ level: 'error' }),
    shipped: new ShippedFolder(),
  });
  const admin = callerOf(`http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`, server.hostToken);
  const ask: Site['ask'] = async (method, path, body) => {
    const answer = await admin(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const query: Site['query'] = async (sql, values = []) =>
    (await server.assembly.dataSource.query(sql, [...values])) as never;
  await ask('POST', 'nodes', { name: 'admin.example.com', admin: true, probed: false });
  await ask('POST', 'networks', {
    name: 'boot',
    conduit: '1g0',
    dhcp: 'serve',
    domain: 'example.com',
    v6prefix: null,
    ranges: [
      { name: 'host', first: '10.9.1.0/16', last: '10.9.250.0/16' },
      { name: 'dhcp', first: '10.9.251.0/16', last: '10.9.254.0/16' },
    ],
    router: { address: '10.9.0.1/16' },
  });
  await ask('POST', 'dns/filters', { name: 'boot', matcher: 'net.name == "boot"', template: '{{node.name}}' });
  return {
    databaseUrl: database.url,
    home,
    admin,
    server,
    ask,
    query,
    lastEvent: async () => Number((await query<{ last: string }>('SELECT last FROM event_counter'))[0]?.last),
    stop: async () => {
      await server.stop();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
