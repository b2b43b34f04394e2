export { BootHttp, type BootHttpOptions } from './boot-http.js';
export { BootNonces, type NonceVerdict } from './nonces.js';
export { findNginx } from './nginx.js';
export type { BootHttpView, BootSecrets, RenderAnswers } from './render-answers.js';
export { BootTickets, keptTicketKey } from './tickets.js';
export type { RequestReport } from './server.js';
export { ContentStore } from '../boot-files/content-store.js';
export { findLoaders } from '../boot-files/loaders.js';
export { placeLoaders, type PlacedLoader } from '../boot-files/place-loaders.js';
