import { SilentLog } from '#app';
import { TftpServer } from '#netio';

/** Our TFTP server alone: `serve-tftp.js FOLDER PORT`, on the loopback, until it is told to end. */
const [root = '', port = '0'] = process.argv.slice(2);
const server = new TftpServer({ listen: [{ address: '127.0.0.1', port: Number(port) }], root, log: new SilentLog() });
await server.start();
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
