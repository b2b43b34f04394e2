export * from './bullmq-queue.js';
export * from './memory-queue.js';
export * from './open-queue.js';
export { redisBackend } from './redis-backend.js';
export { postgresBackend, QUEUE_SCHEMA } from './postgres-backend.js';
