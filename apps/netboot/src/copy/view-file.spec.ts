import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SilentLog } from '#app';
import { DEFAULT_SERVICES, type NodeId, type ViewDocument, type ViewMachine } from '#core';
import { ViewFile } from './view-file.js';

const machine = (id: string, bootenv = 'local'): ViewDocument => ({
  kind: 'machine',
  id,
  body: { node: id as NodeId, name: id, bootenv } as ViewMachine,
});
const installation = 'i-1';
const at = (seq: number) => ({ seq, at: `t${seq}` });

describe('the file with the copy of the boot view', () => {
  let folder = '';
  const file = () => new ViewFile(join(folder, 'netboot', 'view'), new SilentLog());
  const path = () => join(folder, 'netboot', 'view');
  const read = async () => {
    const copy = file();
    const kept = await copy.load();
    await copy.close();
    return kept && { ...kept.landmark, documents: [...kept.documents] };
  };

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'view-file-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what was put in, with every change since', async () => {
    expect(await read()).toBeNull();
    const copy = file();
    const services: ViewDocument = { kind: 'services', id: 'services', body: DEFAULT_SERVICES };
    const many = Array.from({ length: 500 }, (_none, n) => machine(`n${n}`));
    await copy.replace({ installation, landmark: at(5), documents: [services, ...many] });
    await copy.append({
      landmark: at(6),
      changes: [machine('n0', 'discovery'), { kind: 'machine', id: 'n1', body: null }],
    });
    await copy.append({ landmark: at(8), changes: [] });
    await copy.close();
    const kept = await read();
    expect([kept?.seq, kept?.at]).toEqual([8, 't8']);
    expect(kept?.documents).toHaveLength(500);
    expect(kept?.documents.find(({ id }) => id === 'n0')).toEqual(machine('n0', 'discovery'));
    expect(kept?.documents.some(({ id }) => id === 'n1')).toBe(false);
  });

  it('loses no more than the line that a power failure tore, and goes on behind it', async () => {
    const copy = file();
    await copy.replace({ installation, landmark: at(1), documents: [machine('a')] });
    await copy.append({ landmark: at(2), changes: [machine('b')] });
    const { size } = await stat(path());
    await copy.append({ landmark: at(3), changes: [machine('c')] });
    await copy.close();
    for (const cut of [size + 1, size + 9, size + 40]) {
      await truncate(path(), cut);
      expect((await read())?.seq).toBe(2);
    }
    await appendFile(path(), Buffer.alloc(64));
    const again = file();
    await again.load();
    await again.append({ landmark: at(4), changes: [machine('d')] });
    await again.close();
    const kept = await read();
    expect([kept?.seq, kept?.documents.map(({ id }) => id)]).toEqual([4, ['a', 'b', 'd']]);
  });

  it('is no copy when its beginning is damaged, or half written', async () => {
    const copy = file();
    await copy.replace({ installation, landmark: at(1), documents: [machine('a')] });
    await copy.close();
    const whole = await readFile(path());
    await writeFile(path(), whole.subarray(0, whole.length - 3));
    expect(await read()).toBeNull();
    whole[12]! ^= 1;
    await writeFile(path(), whole);
    expect(await read()).toBeNull();
  });

  it('keeps what comes while it is begun anew', async () => {
    const copy = file();
    const many = Array.from({ length: 2_000 }, (_none, n) => machine(`n${String(n).padStart(4, '0')}`));
    await copy.replace({ installation, landmark: at(1), documents: many });
    const anew = copy.replace({ installation, landmark: at(1), documents: many });
    for (let seq = 2; seq < 20; seq += 1) await copy.append({ landmark: at(seq), changes: [machine(`x${seq}`)] });
    await anew;
    await copy.append({ landmark: at(20), changes: [machine('last')] });
    await copy.close();
    const kept = await read();
    expect([kept?.seq, kept?.documents.length]).toEqual([20, 2_019]);
  });
});
