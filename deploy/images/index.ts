/** Images that machines boot and are installed from, built on this host out of Debian packages. It knows none of our libs. */
export * from './build/architecture.js';
export * from './build/cache.js';
export * from './build/debian-archive.js';
export * from './discovery/build.js';
