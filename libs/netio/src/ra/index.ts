export { RaServer, type RaInterface, type RaServerOptions } from './server.js';
