export * from './frame-sender.js';
export * from './interface-socket.js';
export * from './interfaces.js';
export * from './native.js';
