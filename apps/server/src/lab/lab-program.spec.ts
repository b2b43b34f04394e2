import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabProgram, NoLab } from './lab-program.js';

const ONE = { name: 'anl0-machine-1', firmware: 'uefi', mac: '52:54:00:00:01:00', on: false };

describe('a lab beside the server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anneal-lab-program-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lab = (source: string): LabProgram => {
    const program = join(folder, 'lab.mjs');
    writeFileSync(program, `const [, , verb, name] = process.argv;\nconst one = ${JSON.stringify(ONE)};\n${source}`);
    return new LabProgram(program, folder);
  };

  it('lists its machines, and is looked at once for all who ask at a time', async () => {
    const asked = join(folder, 'asked');
    const there = lab(
      `import { appendFileSync } from 'node:fs';
       appendFileSync(${JSON.stringify(asked)}, verb + ' ' + process.env.ANNEAL_HOME);
       console.log(JSON.stringify([one]));`,
    );
    const [first, second] = await Promise.all([there.list(), there.list()]);
    expect(first).toEqual({ machines: [ONE], reason: null });
    expect(second).toBe(first);
    expect(readFileSync(asked, 'utf8')).toBe(`list ${folder}`);
  });

  it('says why it has none', async () => {
    expect(await lab('console.log("[]");').list()).toMatchObject({
      machines: [],
      reason: expect.stringContaining('npm run lab'),
    });
    expect(await lab('console.error("the wire is gone"); process.exit(1);').list()).toEqual({
      machines: [],
      reason: 'The lab does not answer: the wire is gone',
    });
    expect((await new NoLab().list()).reason).toContain('no lab');
  });

  it('switches on the machine that is named', async () => {
    const there = lab('console.log(JSON.stringify({ ...one, name, on: true }));');
    expect(await there.start('anl0-machine-2')).toEqual({ ...ONE, name: 'anl0-machine-2', on: true });
  });

  it('refuses a machine that it does not have, tells what one said that does not start, and is not made up', async () => {
    expect(await lab('process.exit(3);').start('other')).toMatchObject({ code: 'not-found' });
    expect(await lab('console.error("no memory"); process.exit(1);').start('anl0-machine-1')).toMatchObject({
      code: 'machine-failed',
      detail: expect.stringContaining('no memory'),
    });
    expect(await new NoLab().start()).toMatchObject({ code: 'unavailable' });
  });
});
