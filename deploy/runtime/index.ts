export * from './home.js';
export { CHECKOUT } from './checkout.js';
export * from './pid-file.js';
export * from './postgres.js';
export * from './redis.js';
export * from './service.js';
export * from './temporary-home.js';
export * from './testing.js';
