/** A way to the database that a test can cut and mend, as a network does. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Cut {
  /** The database's URL, by this way. */
  readonly url: string;
  /** Ends all connections, and lets none through. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function wayTo(databaseUrl: string): Promise<Cut> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.on('close', () => sockets.delete(client));
    if (!open) return client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => {
      sockets.delete(upstream);
      client.destroy();
    });
    client.on('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    cut: () => {
      open = false;
      end();
    },
    mend: () => void (open = true),
    close: async () => {
      end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
