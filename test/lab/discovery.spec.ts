import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, utils } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory, type Inventory, type Json } from '#core';
import { buildDiscovery, type DiscoveryImage } from '#images';
import { freePort } from '#runtime';
import { FakeServer, type Enrolment } from './discovery/fake-server.js';
import { FirmwareMachine, MACHINE } from './discovery/machine.js';

/**
 * The discovery image on real firmware: it boots in the memory that it promises to need, says what the machine is, and lets
 * the server in. Nothing of the product answers here; whole boots over the network are tried elsewhere.
 */
const ENROL_MS_MAX = 240_000;
const MEMORY_MEBIBYTES = 384;

const programs = [
  '/usr/bin/qemu-system-x86_64',
  '/usr/share/OVMF/OVMF_CODE_4M.fd',
  '/usr/bin/mmdebstrap',
  '/usr/sbin/depmod',
];
const missing = programs.filter((program) => !existsSync(program));

describe.skipIf(missing.length > 0)('the discovery image', () => {
  let image: DiscoveryImage;
  beforeAll(async () => {
    image = await buildDiscovery();
  }, 900_000);

  it('is small enough to be loaded over TFTP', () => {
    expect(image.kernel.bytes + image.initrd.bytes).toBeLessThan(40e6);
  });

  it('is not built again when nothing has changed', async () => {
    expect(await buildDiscovery()).toEqual({ ...image, fresh: false });
  });

  describe.each(['bios', 'uefi'] as const)('on a %s machine', (firmware) => {
    const key = sshKey();
    let folder: string;
    let server: FakeServer;
    let machine: FirmwareMachine;
    let enrolment: Enrolment;
    let inventory: Inventory;
    let sshPort: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'anneal-discovery-'));
      server = await FakeServer.open(key.public);
      sshPort = await freePort();
      machine = new FirmwareMachine(folder);
      const begun = Date.now();
      const files = { kernel: image.kernel.path, initrd: image.initrd.path };
      await machine.start({ firmware, ...files, serverPort: server.port, sshPort, memoryMebibytes: MEMORY_MEBIBYTES });
      enrolment = await within(
        server.enrolment,
        ENROL_MS_MAX,
        () => `it does not enrol; its console:\n${machine.said()}`,
      );
      console.info(`${firmware}: power-on to enrolment ${((Date.now() - begun) / 1000).toFixed(1)} s`);
      inventory = readInventory(enrolment.inventory as Json).inventory as Inventory;
    }, ENROL_MS_MAX + 30_000);

    afterAll(async () => {
      await machine?.stop();
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('enrols with the ticket of its boot, again after a server that was not ready', () => {
      expect(server.requests).toBe(2);
      expect(enrolment.ticket).toBe('a-ticket.and-its-seal');
      expect(enrolment.host_key).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
      expect(enrolment.boot_id).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('tells an inventory in which nothing is wrong', () => {
      expect(readInventory(enrolment.inventory as Json).problems).toEqual([]);
      expect(inventory).toMatchObject({
        system: { uuid: MACHINE.uuid, vendor: 'Lab', product: 'LM-1', serial: 'LM0001', kind: 'virtual' },
        firmware: { mode: firmware, secureBoot: firmware === 'uefi' ? false : null },
        memory: { bytes: MEMORY_MEBIBYTES * 2 ** 20 },
        cpu: { sockets: 1, cores: 1, threads: 1 },
        architecture: 'x86_64',
        bmc: null,
      });
      expect(inventory.pci.find(({ id }) => id === '8086:100e')?.name).toContain('82540EM');
    });

    it('tells its disks by what they are found again by', () => {
      const disks = Object.fromEntries(inventory.disks.map(({ id, transport, busPath }) => [id, [transport, busPath]]));
      expect(disks).toEqual({
        'serial:VD1': ['virtio', expect.stringMatching(/^pci-0000:00:[0-9a-f]{2}\.0$/)],
        'wwn:0x5000c500a1b2c3d4': ['sata', 'pci-0000:00:1f.2-ata-1'],
        'serial:NV3': ['nvme', expect.stringMatching(/^pci-0000:00:[0-9a-f]{2}\.0-nvme-1$/)],
        'serial:SC4': ['virtio', expect.stringMatching(/^pci-0000:00:[0-9a-f]{2}\.0-scsi-0:0:0:0$/)],
      });
      for (const disk of inventory.disks) expect(disk).toMatchObject({ bytes: 2 ** 30, holds: [], readOnly: false });
    });

    it('tells its cards by their bus path, and which switch it hears', () => {
      expect(inventory.network.interfaces.map(({ mac, driver, speeds }) => [mac, driver, speeds]).sort()).toEqual([
        [MACHINE.mac, 'virtio_net', []],
        [MACHINE.otherMac, 'e1000', [10, 100, 1000]],
      ]);
      const other = inventory.network.interfaces.find(({ mac }) => mac === MACHINE.otherMac);
      expect(other?.busPath).toMatch(/^0000:00\/0000:00:[0-9a-f]{2}\.0$/);
      expect(inventory.links.find(({ name }) => name === other?.name)).toEqual({
        name: other?.name,
        up: true,
        mbitPerSecond: 1000,
        neighbour: { switch: 'leaf-1', port: 'swp12' },
      });
    });

    it('is entered with the key that the server told, and shows the host key that it told', async () => {
      const said = await overSsh(sshPort, key.private, enrolment.host_key, [
        'hostname',
        'cat /run/anneal/node',
        'stat -c %a /run/anneal/token',
        'test -z "$(cat /run/anneal/enrolment.json /run/anneal/answer.json 2>/dev/null)" && echo nothing-left',
        'bash --noprofile --norc -c \'echo "$BASH_VERSION" | cut -d. -f1\'',
        'for each in bash sh mkdir cat mv rm sha256sum setsid timeout flock jq curl zstd sgdisk mkfs.ext4 mkfs.vfat mdadm lvm efibootmgr ipmitool blkid wipefs; do command -v $each >/dev/null || echo "lacks $each"; done',
      ]);
      expect(said.trim().split('\n')).toEqual([
        'd0001',
        '11111111-2222-4333-8444-555555555555',
        '600',
        'nothing-left',
        '5',
      ]);
    });
  });
});

function sshKey(): { readonly public: string; readonly private: string } {
  const made = utils.generateKeyPairSync('ed25519', { comment: randomBytes(4).toString('hex') });
  return { public: made.public, private: made.private };
}

/** Runs commands as root and returns what they print. Tries until the machine listens. */
async function overSsh(
  port: number,
  privateKey: string,
  hostKey: string,
  commands: readonly string[],
): Promise<string> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      return await once(port, privateKey, hostKey, commands);
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function once(port: number, privateKey: string, hostKey: string, commands: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let printed = '';
    client
      .on('error', reject)
      .on('ready', () =>
        client.exec(commands.join('\n'), (error, channel) => {
          if (error) return reject(error);
          channel.on('data', (part: Buffer) => (printed += part.toString()));
          channel.stderr.on('data', (part: Buffer) => (printed += part.toString()));
          channel.on('close', () => {
            client.end();
            resolve(printed);
          });
        }),
      )
      .connect({
        host: '127.0.0.1',
        port,
        username: 'root',
        privateKey,
        readyTimeout: 5_000,
        hostVerifier: (shown: Buffer) => shown.toString('base64') === hostKey.split(' ')[1],
      });
  });
}

async function within<T>(promise: Promise<T>, ms: number, otherwise: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise())), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
