export { MemoryCertificationBook, type Ordered, type WrittenCertification } from './memory-certification-book.js';
