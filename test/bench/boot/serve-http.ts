import { LiquidRenderer } from '#catalog';
import { SilentLog, SystemClock } from '#app';
import { BootView } from '#core';
import { BootHttp, findNginx } from '#netio';

/** HTTP boot alone: `serve-http.js ROOT STATE PORT nginx|node`, on the loopback, until it is told to end. */
const [root = '', state = '', port = '0', how = 'node'] = process.argv.slice(2);
const http = new BootHttp({
  listen: [{ address: '127.0.0.1', port: Number(port) }],
  root,
  state,
  view: new BootView(),
  renderer: new LiquidRenderer(),
  clock: new SystemClock(),
  log: new SilentLog(),
  nginx: how === 'nginx' ? findNginx() : null,
});
await http.start();
if ((how === 'nginx') !== http.isFronted)
  throw new Error(`it serves ${http.isFronted ? 'with' : 'without'} nginx, against the wish`);
process.once('SIGTERM', () => void http.close().then(() => process.exit(0)));
