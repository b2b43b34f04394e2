import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { MemoryCertificationBook } from '#testkit';
import { certificationBookContract } from './certification-book.contract.js';

describe('the book in memory', () => {
  certificationBookContract(async () => {
    const book = new MemoryCertificationBook();
    return {
      book,
      order: async (loadList) => {
        const certification = randomUUID();
        book.order(certification, { loadList });
        return certification;
      },
      statuses: async (certification) => book.statuses(certification),
      stream: async (certification) => book.stream(certification),
      close: async () => {},
    };
  });
});
