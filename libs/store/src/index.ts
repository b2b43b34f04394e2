export * from './data-source.js';
export * from './migrate.js';
export * from './unit-of-work.js';
export { NEWS_CHANNEL } from './events/append.js';
export { PgEngineRecords } from './engine/engine-records.js';
export { PgNews } from './events/pg-news.js';
export { PgNodeWatch } from './node/node-watch.js';
export { PgRunLog } from './runs/run-log.js';
