import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CHECKOUT } from '#runtime';

/** netboot as a process of its own, on the loopback and on ports of its own. */
export interface NetbootProcess {
  readonly ports: { readonly dhcp4: number; readonly dns: number; readonly tftp: number; readonly http: number };
  readonly child: ChildProcess;
  /** Lines of its log, parsed. */
  readonly log: readonly { readonly message?: string; readonly level?: number }[];
  health(): Promise<{ readonly generation: number; readonly kept: number; readonly [more: string]: unknown }>;
  /** Resolves when `isSo` holds of its health. Rejects after `withinMs`. */
  until(isSo: (health: Awaited<ReturnType<NetbootProcess['health']>>) => boolean, withinMs?: number): Promise<void>;
  /** SIGTERM, and how it ended; or another signal. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const MAIN = join(CHECKOUT, 'dist', 'apps', 'netboot', 'src', 'main.js');
const READY_WITHIN_MS = 60_000;

/** Starts it and waits until it serves what can be served. Call `npm run build` before; tests do so by themselves. */
export const startNetboot = async (
  databaseUrl: string,
  home: string,
  more: { readonly ports?: NetbootProcess['ports']; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<NetbootProcess> => {
  const ports = more.ports ?? {
    dhcp4: await freeUdpPort(),
    dns: await freeTcpPort(),
    tftp: await freeUdpPort(),
    http: await freeTcpPort(),
  };
  const control = await freeTcpPort();
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      ANNEAL_HOME: home,
      ANNEAL_NETBOOT_INTERFACES: 'lo',
      ANNEAL_NETBOOT_CONTROL: `127.0.0.1:${control}`,
      ANNEAL_DHCP4: String(ports.dhcp4),
      ANNEAL_PROXY_DHCP: String(await freeUdpPort()),
      ANNEAL_DHCP6: 'off',
      ANNEAL_RA: 'off',
      ANNEAL_DNS: String(ports.dns),
      ANNEAL_TFTP: String(ports.tftp),
      ANNEAL_BOOT_PORT: String(ports.http),
      ...more.env,
    },
  });
  const log: { message?: string }[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) log.push(JSON.parse(line) as { message?: string });
  });
  const ended = once(child, 'exit');
  const ready = once(child, 'message');
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`netboot ended at its start: ${JSON.stringify(log.slice(-3))}`);
  const health: NetbootProcess['health'] = async () =>
    (await (
      await fetch(`http://127.0.0.1:${control}/healthz`, { signal: AbortSignal.timeout(5_000) })
    ).json()) as never;
  return {
    ports,
    child,
    log,
    health,
    until: async (isSo, withinMs = 20_000) => {
      const until = Date.now() + withinMs;
      for (;;) {
        const now = await health().catch(() => null);
        if (now && isSo(now)) return;
        if (Date.now() > until) throw new Error(`netboot did not come to that: ${JSON.stringify(now)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      return child.exitCode;
    },
  };
};

/** Free for TCP and for UDP a moment ago. */
const freeTcpPort = async (): Promise<number> => {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const udp = createSocket('udp4');
    const isFree = await new Promise<boolean>((resolve) => {
      udp.once('error', () => resolve(false));
      udp.bind(port, '127.0.0.1', () => resolve(true));
    });
    udp.close();
    if (isFree) return port;
  }
};

const freeUdpPort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
};
