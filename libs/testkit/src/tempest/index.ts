export { MemoryCertificationBook, type Ordered, type WrittenCertification } from './memory-certification-book.js';
export {
  packets,
  testPackets,
  writeFakeTempest,
  type FakeTempest,
  type Replay,
  type SuiteStep,
} from './fake-tempest.js';
export { startFakeCloud, type FakeCloud } from './fake-cloud.js';
