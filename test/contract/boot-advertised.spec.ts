import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SilentLog, SystemClock } from '#app';
import { LiquidRenderer } from '#catalog';
import { BootView, CLIENT_ARCHITECTURES, GRUB_ENTRY, GRUB_ENTRY_SCRIPT, listAdvertised } from '#core';
import { BootHttp, findLoaders, TftpServer } from '#netio';

/** Whatever DHCP can name, TFTP and HTTP have: every answer that a decision can come to is fetched. */

const run = promisify(execFile);
const hasCurl = await run('curl', ['--version']).then(
  ({ stdout }) => stdout.includes('tftp'),
  () => false,
);

describe.each([4, 6] as const)('all that is advertised on IPv%i', (family) => {
  const server = family === 4 ? '127.0.0.1' : '::1';
  const host = family === 4 ? server : `[${server}]`;
  let folder: string;
  let view: BootView;
  let http: BootHttp;
  let tftp: TftpServer;
  let httpPort: number;
  let tftpPort: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-advertised-'));
    const root = join(folder, 'boot');
    await mkdir(join(root, 'files'), { recursive: true });
    for (const { loader, shim, signedGrub, localLoader } of CLIENT_ARCHITECTURES)
      for (const name of [loader, shim, signedGrub, localLoader])
        if (name) await writeFile(join(root, 'files', name), `loader ${name}`);
    view = new BootView();
    view.loaders = await findLoaders(root);
    http = new BootHttp({
      listen: [{ address: server, port: 0 }],
      root,
      state: join(folder, 'state'),
      view,
      renderer: new LiquidRenderer(),
      clock: new SystemClock(),
      log: new SilentLog(),
      nginx: null,
    });
    httpPort = (await http.start())[0]?.port as number;
    tftp = new TftpServer({
      listen: [{ address: server, port: 0 }],
      root: join(root, 'files'),
      virtual: (name) => (name === GRUB_ENTRY ? Buffer.from(GRUB_ENTRY_SCRIPT) : null),
      log: new SilentLog(),
    });
    tftpPort = (await tftp.start())[0]?.port as number;
  });

  afterAll(async () => {
    await tftp.close();
    await http.close();
    await rm(folder, { recursive: true, force: true });
  });

  const overTftp = async (name: string): Promise<string> => {
    const args = ['-sS', '--max-time', '10', '-g', `tftp://${host}:${tftpPort}/${name}`];
    return (await run('curl', args)).stdout;
  };

  it.skipIf(!hasCurl)('is there, and nothing is advertised that is not', async () => {
    const advertised = listAdvertised(view, { server, httpPort, family });
    expect(advertised.length).toBeGreaterThan(8);
    for (const { boot, name, for: whom } of advertised) {
      const file = boot === 'file' ? name : name.startsWith('tftp:') ? new URL(name).pathname.slice(1) : null;
      if (file !== null) {
        expect(await overTftp(file), `${name} for ${whom}`).toBe(`loader ${file}`);
        continue;
      }
      const answer = await fetch(name);
      const text = await answer.text();
      expect(answer.status, `${name} for ${whom}`).toBe(200);
      expect(text, name).toMatch(name.endsWith('/boot.ipxe') ? /^#!ipxe\n/ : /^loader /);
    }
  });

  it.skipIf(!hasCurl)('is followed by what shim and GRUB ask for next', async () => {
    expect(await overTftp('grubx64.efi')).toBe('loader grubx64.efi');
    expect(await overTftp('/grub/grub.cfg')).toContain('configfile /grub/node-$net_default_mac.cfg');
  });
});
