export { TftpServer, type TftpOptions, type TransferReport } from './server.js';
export type { TftpClient, VirtualFile } from './files.js';
export { ackPacket, OPCODE, readPacket, readRequestPacket } from './packet.js';
export { fuzzTftp } from './fuzz.js';
