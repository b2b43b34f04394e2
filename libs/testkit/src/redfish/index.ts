export { selfSigned, type SelfSigned } from './certificate.js';
export { RedfishEmulator, type EmulatorOptions } from './emulator.js';
export { HONEST, PRODUCTS, type Lies, type ProductName } from './lies.js';
export { CommandMachine, MemoryMachine, type BmcMachine } from './machine.js';
