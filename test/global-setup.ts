import { startTestServices } from '../deploy/runtime/index.js';

/** Gives the test run its PostgreSQL and Redis; see `#runtime`'s testing.ts for what specs may ask of them. */
export default async function setup(): Promise<() => Promise<void>> {
  const services = await startTestServices();
  return () => services.stop();
}
