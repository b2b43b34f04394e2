import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guidelineFile, TESTS } from '../../integration/model/guideline-file.js';
import { CERTIFICATION } from '../rest/certification-barclamp.js';
import { PlayedTempest } from '../rest/played-tempest.js';
import { openWorkshop, type Workshop } from '../rest/workshop.js';
import { annealWith, type Anneal } from './anneal-command.js';

const TESTER = 'tester.example.com';

describe('certifications by the command line', () => {
  let shop: Workshop;
  let tempest: PlayedTempest;
  let anneal: Anneal;
  let folder: string;
  const idIn = (out: string): string => (JSON.parse(out) as { id: string }).id;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'anneal-certify-'));
    shop = await openWorkshop('cli_certify', (unitOfWork, home) => [(tempest = new PlayedTempest(unitOfWork, home))]);
    await shop.admin('POST', 'barclamps', { body: CERTIFICATION, headers: { 'content-type': 'application/yaml' } });
    await shop.makeNodes(TESTER);
    await shop.commit();
    await shop.work();
    anneal = annealWith({ ANNEAL_URL: shop.url, ANNEAL_TOKEN: await shop.freshToken('operator') });
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('begin with guidelines out of a folder, told one by one', async () => {
    writeFileSync(join(folder, '2031.01.json'), guidelineFile());
    writeFileSync(join(folder, '2031.02.json'), guidelineFile({ id: '2031.02' }));
    const imported = await anneal(['guidelines', 'import', folder]);
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.err).toContain('imported 2031.01\nimported 2031.02');
    const changed = await anneal('guidelines import -', { input: guidelineFile({ id: '2031.02', status: 'draft' }) });
    expect(changed.err).toContain('imported 2031.02 as revision 2: it differs from revision 1, which stays');
    expect((await anneal(['guidelines', 'import', join(folder, '2031.01.json')])).err).toContain('has not changed');
    writeFileSync(join(folder, 'other.json'), '{}');
    const partly = await anneal(['guidelines', 'import', folder]);
    expect(partly.code).toBe(2);
    expect(partly.err).toContain('other.json: error: this is no guideline that can be used');
    expect((await anneal('guidelines list')).out).toMatch(/2031\.01 +powered +1/);
    expect((await anneal('guidelines document 2031.01')).out.trimEnd()).toBe(guidelineFile());
  });

  let first: string;
  it('are started and followed to their end, whose exit code says whether all is met', async () => {
    tempest.play = { statuses: { [TESTS.delete]: 'failed' } };
    const started = await anneal(`certify start shop --goal 2031.01/compute --tester ${TESTER} --wait -o json`);
    expect(started.code, started.err).toBe(1);
    first = idIn(started.out);
    expect(started.err).toContain('finished, 3 of 3, 1 failed');
    expect(started.err).toContain('Passes 2 of 3 must-pass tests');
    tempest.play = {};
    const retried = await anneal(`certify retry ${first} --wait -o json`);
    expect(retried.code, retried.err).toBe(0);
    expect(retried.err).toContain('Meets all 3 must-pass tests');
    const diff = await anneal(`certify diff ${first} ${idIn(retried.out)}`);
    expect(diff).toMatchObject({ code: 0 });
    expect(diff.out).toContain(`+ ${TESTS.delete}: failed → passed`);
    expect((await anneal(`certify diff ${idIn(retried.out)} ${first}`)).code).toBe(1);
  });

  it('are listed, fitted, and written down as files', async () => {
    expect((await anneal('certify list')).out).toMatch(/shop +2031\.01\/compute +FINISHED +Passes 2 of 3/);
    expect((await anneal(`certify outcomes ${first} --filter`.split(' ').concat('status eq failed'))).out).toContain(
      TESTS.delete,
    );
    expect((await anneal(`certify fits ${first}`)).out).toMatch(/2031\.02 +object +partly/);
    expect((await anneal('certify history --program compute')).out).toContain('tempest 33.0.0-2');
    const file = join(folder, 'report.html');
    expect(await anneal(['certify', 'report', first, '--file', file])).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[^]*Unofficial results/);
    expect((await anneal(`certify report ${first} --as junit`)).out).toContain('<testsuite');
    const stream = join(folder, 'stream');
    await anneal(['certify', 'report', first, '--as', 'stream', '--file', stream]);
    expect([...readFileSync(stream)]).toEqual([0xb3, 0, 0xb3, 1, 0xb3, 2]);
    expect((await anneal(`certify report ${first} --as pdf`)).code).toBe(2);
  });

  it('leave evidence that anybody can check who has the file and nothing else', async () => {
    const file = join(folder, 'evidence.tar');
    const written = await anneal(['certify', 'report', first, '--as', 'evidence', '--file', file]);
    expect(written.code, written.err).toBe(0);
    const alone = annealWith({ ANNEAL_HOME: join(folder, 'nobody') });
    const whole = await alone(['certify', 'verify', file, '-o', 'json']);
    expect(whole.code, whole.err).toBe(0);
    const { signer, files } = JSON.parse(whole.out) as { signer: string; files: { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['results.json', 'run.subunit', 'load-list']));
    expect((await alone(['certify', 'verify', file, '--key', signer.slice(0, 16)])).code).toBe(0);
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('"status":"failed"') + 12]! ^= 2;
    writeFileSync(file, bytes);
    const changed = await alone(['certify', 'verify', file]);
    expect(changed).toMatchObject({ code: 1, out: expect.stringContaining('results.json was changed') });
    // Nobody knows where the cloud of this test answers.
    const refstack = await anneal(`certify report ${first} --as refstack`);
    expect(refstack).toMatchObject({ code: 4, err: expect.stringContaining('RefStack has no name for it') });
  });

  it('of others are taken in, published and taken back', async () => {
    const args = ['certify', 'import', '-', '--format', 'names', '--cloud', 'theirs', '--goal', '2031.01/compute'];
    const imported = await anneal([...args, '-o', 'json'], { input: `${TESTS.create}\n${TESTS.token}\n` });
    expect(imported.code, imported.err).toBe(0);
    const id = idIn(imported.out);
    expect((await anneal(`certify publish ${id} -o json`)).out).toContain('"public": true');
    expect((await anneal(`certify withdraw ${id} -o json`)).out).toContain('"public": false');
    expect((await anneal(`certify mark ${id}`)).err).toContain('nobody may set the official mark');
  });

  it('are refused in words when the command line cannot be meant', async () => {
    for (const words of [
      'certify start --goal 2031.01/compute',
      'certify start shop --goal compute',
      'certify start shop --goal 2031.01/compute --scope all',
      'certify start shop --goal 2031.01/compute --set nothing',
      'guidelines import nowhere.json',
    ])
      expect((await anneal(words)).code, words).toBe(2);
    expect((await anneal('certify show 00000000-0000-4000-8000-000000000000')).code).toBe(3);
  });
});
