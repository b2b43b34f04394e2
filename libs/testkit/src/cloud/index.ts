export { startGuest, type Guest, type GuestOptions } from './guest.js';
export { EmulatedCloud, type NextFault } from './emulated-cloud.js';
export { SimulatedProvider } from './simulated-provider.js';
export type { CloudServer, CloudState } from './state.js';
