import { describe } from 'vitest';
import { RecordedCertifications, SystemClock, type CertificationId } from '#app';
import { freshDatabase } from '#runtime';
import { modelStores, openDatabase, PgUnitOfWork, TimeOrderedIds } from '#store';
import { certificationBookContract } from './certification-book.contract.js';

describe('the book over rows', () => {
  certificationBookContract(async () => {
    const database = await freshDatabase('certification_book');
    const dataSource = await openDatabase({ url: database.url, connectionsMax: 4 });
    const unitOfWork = new PgUnitOfWork(dataSource, modelStores);
    const ids = new TimeOrderedIds();
    const read = <Found>(work: Parameters<typeof unitOfWork.read<Found>>[0]) => unitOfWork.read(work);
    return {
      book: new RecordedCertifications({ unitOfWork, ids, clock: new SystemClock() }),
      order: (loadList) =>
        unitOfWork.write('test', async (tx) => {
          const id = ids.next<CertificationId>();
          await tx.certifications.insert({
            id,
            parentId: null,
            rootId: id,
            state: 'planned',
            target: 'deployment',
            cloud: 'cloud',
            deploymentId: null,
            endpoint: null,
            accessSealed: null,
            nodeRoleId: null,
            tester: null,
            goals: [],
            scope: { kind: 'must-pass' },
            concurrency: 0,
            settings: {},
            note: '',
            facts: { release: null, hypervisor: null, simulated: [] },
            createdBy: 'test',
          });
          await tx.certifications.update(id, { loadList });
          return id;
        }),
      statuses: (certification) =>
        read(async (tx) => {
          const outcomes = await tx.certifications.outcomes(certification as CertificationId);
          return Object.fromEntries(outcomes.map(({ name, status }) => [name, status]));
        }),
      stream: async (certification) =>
        (await read((tx) => tx.certifications.stream(certification as CertificationId))) ?? new Uint8Array(),
      close: async () => {
        await dataSource.destroy();
        await database.drop();
      },
    };
  });
});
