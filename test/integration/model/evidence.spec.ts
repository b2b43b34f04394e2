import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedCertifications, type CertificationId, type CertificationTicket } from '#app';
import { checkBundle, checkRefstack, readTar, stableManifest, type BundleMeans, type Json } from '#core';
import { KeyFileSigner, TimeOrderedIds } from '#store';
import { certificationBookContract } from '../../contract/certification-book.contract.js';
import { guidelineFile } from './guideline-file.js';
import { ACTOR, no, ok, openWorld, type World } from './world.js';

const TESTS = ['one', 'two', 'three'].map((word) => `tempest.api.identity.Tokens.test_${word}[id-${word}]`);

const means: BundleMeans = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  verify: ({ public_key, signature }, bytes) =>
    verify(
      null,
      bytes,
      createPublicKey({
        key: Buffer.from(`302a300506032b6570032100${public_key}`, 'hex'),
        format: 'der',
        type: 'spki',
      }),
      Buffer.from(signature, 'hex'),
    ),
};

describe('the book and the evidence over rows', () => {
  let world: World;
  let home: string;
  let book: RecordedCertifications;
  let now = Date.parse('2031-02-01T00:00:00Z');
  const ids = new TimeOrderedIds();

  /** A certification of a list, without what it takes to start one. */
  const order = async (loadList: readonly string[], goals: readonly string[] = []): Promise<CertificationId> => {
    const id = ids.next<CertificationId>();
    await world.unitOfWork.write('test', async (tx) => {
      const planned = [];
      for (const guideline of goals) {
        const { id: guidelineId, revision, digest } = (await tx.guidelines.find(guideline))!;
        planned.push({ guideline, program: 'compute', guidelineId, revision, digest });
      }
      await tx.certifications.insert({
        ...{ id, parentId: null, rootId: id, state: 'planned', target: 'deployment', cloud: 'cloud' },
        ...{ deploymentId: null, endpoint: null, accessSealed: null, nodeRoleId: null, tester: 'tester.example.com' },
        ...{ goals: planned, scope: { kind: 'tests', names: loadList }, concurrency: 2, settings: {}, note: '' },
        ...{ facts: { release: 'zed', hypervisor: 'qemu', simulated: [] }, createdBy: ACTOR },
      });
      await tx.certifications.update(id, { loadList });
      return null;
    });
    return id;
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'anneal-evidence-'));
    world = await openWorld({ name: 'evidence', now: () => now, signer: new KeyFileSigner(home) });
    book = new RecordedCertifications({ unitOfWork: world.unitOfWork, ids, clock: { now: () => now } });
    ok(await world.importGuideline.execute(ACTOR, { text: guidelineFile() }));
    ok(await world.createNode.execute(ACTOR, { name: 'tester.example.com', deployment: 'system', probed: false }));
  });
  afterAll(async () => {
    await world?.close();
    rmSync(home, { recursive: true, force: true });
  });

  describe('the book over rows', () => {
    certificationBookContract(async () => ({
      book,
      order: (loadList) => order(loadList),
      statuses: async (certification) => {
        const found = ok(await world.readVerdicts.execute({ certification }));
        return Object.fromEntries(found.outcomes.map(({ name, status }) => [name, status]));
      },
      stream: async (certification) => ok(await world.readStream.execute({ certification })),
      close: async () => {},
    }));
  });

  /** Carries a certification out, as the jig would, at its own pace. */
  const carryOut = async (certification: CertificationId, seconds: number): Promise<void> => {
    const ticket: CertificationTicket = { certification, fence: 7 };
    await book.open(ticket);
    await book.prepared(ticket, {
      conf: '[identity]\nuri_v3 = http://keystone.example.com:5000/v3\n',
      provenance: { 'identity.uri_v3': 'attribute keystone-endpoint' },
      credentials: { kind: 'made', administrator: true, userRoles: ['member'], usersAreAdministrators: false },
      findings: [],
      cloud: { identity_service_id: 'ab'.repeat(16), hypervisor_types: ['QEMU'] },
    });
    const ended = TESTS.map((full, index) => ({
      ...{ name: full.split('[')[0]!, id: `id-${index}`, seconds, worker: null, reason: null, traceback: null },
      status: index === 2 ? ('failed' as const) : ('passed' as const),
    }));
    await book.outcomes(ticket, ended, []);
    await book.piece(ticket, 0, Buffer.from(`stream of ${seconds}`));
    const bytes = Buffer.from('bash\t5.2\tamd64\n');
    await book.evidence(ticket, [
      { path: 'nodes/a.example.com/packages.txt', mediaType: 'text/plain', sha256: means.sha256(bytes), bytes },
    ]);
    now += seconds * 1_000;
    await book.finished(ticket, { kind: 'finished', seconds, notes: [] });
  };

  it('is refused before the end', async () => {
    const certification = await order(TESTS);
    expect(no(await world.buildEvidence.execute({ certification }))).toMatchObject({ code: 'wrong-state' });
    expect(no(await world.buildRefstack.execute({ certification }))).toMatchObject({ code: 'wrong-state' });
  });

  it('is all that a certification rests upon, whole, signed, and the same whenever it is made', async () => {
    const certification = await order(TESTS, ['2031.01']);
    await carryOut(certification, 9);
    const { bytes, name } = ok(await world.buildEvidence.execute({ certification }));
    expect(name).toBe(`evidence-${certification}.tar`);
    const { problems, files, manifest, signature } = checkBundle(bytes, means);
    expect(problems).toEqual([]);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        ...['manifest.json', 'manifest.sig', 'plan.json', 'results.json', 'verdicts.json', 'run.json', 'load-list'],
        ...['tempest.conf', 'cloud.json', 'run.subunit', 'disclosure.json', 'nodes/a.example.com/packages.txt'],
        'nodes/tester.example.com/inventory.json',
      ]),
    );
    const guideline = [...files].find(([path]) => path.startsWith('guidelines/2031.01-'))!;
    expect(Buffer.from(guideline[1]).toString()).toBe(guidelineFile());
    expect(JSON.stringify(manifest!.about['goals'])).toContain(means.sha256(guideline[1]));
    expect(signature!.public_key).toMatch(/^[0-9a-f]{64}$/);
    now += 86_400_000;
    expect(ok(await world.buildEvidence.execute({ certification })).bytes).toEqual(bytes);
  });

  it('has the same manifest for the same inputs, but for what is declared to be of one time', async () => {
    const manifests = [];
    for (const seconds of [4, 11]) {
      const certification = await order(TESTS, ['2031.01']);
      await carryOut(certification, seconds);
      manifests.push(ok(await world.buildEvidence.execute({ certification })).manifest);
    }
    const [first, second] = manifests;
    expect(first).not.toEqual(second);
    expect(stableManifest(first!)).toBe(stableManifest(second!));
    const volatile = first!.volatile.filter((pointer) => pointer.endsWith('/sha256'));
    const paths = volatile.map((pointer) => first!.files[Number(pointer.split('/')[2])]!.path);
    expect(paths).toEqual(['disclosure.json', 'run.json', 'run.subunit']);
  });

  it('is found to be changed wherever it was, by whoever has nothing but the bundle', async () => {
    const certification = await order(TESTS, ['2031.01']);
    await carryOut(certification, 5);
    const { bytes } = ok(await world.buildEvidence.execute({ certification }));
    for (const { path, content } of readTar(bytes).files) {
      const at = Buffer.from(bytes).indexOf(Buffer.from(content.subarray(0, 400)));
      const changed = bytes.slice();
      changed[at + Math.floor(Math.min(content.length, 400) / 2)]! ^= 4;
      expect(checkBundle(changed, means).problems.join('; '), path).toContain(path);
    }
  });

  it('goes to RefStack as what passed, under the name of the cloud, signed where there is a key', async () => {
    const certification = await order(TESTS);
    await carryOut(certification, 5);
    const { body, signature } = ok(await world.buildRefstack.execute({ certification }));
    expect(signature).toBeNull();
    expect(checkRefstack(JSON.parse(body) as Json)).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({ cpid: 'ab'.repeat(16), duration_seconds: 5 });
    expect(no(await world.buildRefstack.execute({ certification, sign: true }))).toMatchObject({ code: 'unavailable' });
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(join(home, 'refstack.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    const signed = ok(await world.buildRefstack.execute({ certification, sign: true }));
    expect(verify('sha256', Buffer.from(signed.body), publicKey, Buffer.from(signed.signature!.signature, 'hex'))).toBe(
      true,
    );
  });
});
