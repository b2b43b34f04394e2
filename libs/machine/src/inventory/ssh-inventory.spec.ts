import { describe, expect, it } from 'vitest';
import { FakeSession } from '#testkit';
import { readTold } from './read-told.js';
import { SshInventory } from './ssh-inventory.js';

describe('a machine that runs and is asked what it is', () => {
  it('tells it by a script that any shell reads: this very computer', async () => {
    const session = new FakeSession();
    const machine = session.addMachine('n1.example.com');
    const told = await new SshInventory(session).ask(machine, 20_000);
    expect(told.kind === 'failed' ? told.reason : told.kind).toBe('told');
    if (told.kind !== 'told') return;
    expect(told.hostKey).toBe(machine.hostKey);
    expect(told.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(told.inventory).toMatchObject({
      version: 1,
      architecture: process.arch === 'x64' ? 'x86_64' : expect.any(String),
    });
    const { memory } = told.inventory as { memory: { bytes: number } };
    expect(memory.bytes).toBeGreaterThan(2 ** 27);
    await session.close();
  }, 30_000);

  it('that does not answer is said to, with the reason', async () => {
    const session = new FakeSession();
    const machine = session.addMachine('n1.example.com');
    session.refuseLogin(machine);
    expect(await new SshInventory(session).ask(machine, 2_000)).toMatchObject({
      kind: 'failed',
      reason: expect.any(String),
    });
    await session.close();
  });

  it('is read line by line; a disk that nothing tells from others is left out', () => {
    const lines = [
      'uuid\t5F2E0A44-77A0-4A8B-9C0E-6F1B2E3D4C5B',
      'boot_id\t11111111-2222-3333-4444-555555555555',
      'memory_kib\t1048576',
      'card\teth0\t52:54:00:AA:00:01\t0000:00/0000:00:03.0\tvirtio_net',
      'disk\tsda\t2048\tModel\tS1\t\t0\t0\t0',
      'disk\tsdb\t2048\tModel\t\t\t0\t0\t0',
      'end',
    ];
    expect(readTold(lines)?.inventory).toMatchObject({
      system: { uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b', serial: null },
      memory: { bytes: 2 ** 30 },
      network: { interfaces: [{ name: 'eth0', mac: '52:54:00:aa:00:01', bus_path: '0000:00/0000:00:03.0' }] },
      disks: [{ name: 'sda', id: 'serial:S1', bytes: 2 ** 20 }],
    });
    expect(readTold(lines.slice(0, -1))).toBeNull();
  });
});
