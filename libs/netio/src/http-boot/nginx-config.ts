import { isIPv6 } from 'node:net';
import { CONTENT_PATH } from '#core';
import { CONNECTIONS_MAX } from './limits.js';
import { ACCELERATED, FRONT_CLIENT_HEADER, FRONT_HEADER, FRONT_SERVER_HEADER } from './server.js';

/**
 * The configuration under which nginx stands in front of the boot server. Content by digest it serves itself, since the
 * digest is all there is to know. Everything else it asks the boot server for, who answers, or names the file to send: so
 * nonces, names and refusals are decided in one place.
 */
export interface NginxSetup {
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  /** Folder of all boot files, and one for nginx's own, both as absolute paths. */
  readonly root: string;
  readonly prefix: string;
  /** Socket of the boot server. */
  readonly backend: string;
  readonly frontSecret: string;
  /** Whom the workers run as; null where nginx is not started by root. */
  readonly user: string | null;
  readonly workers: number;
}

export const nginxConfig = (setup: NginxSetup): string => `
${setup.user === null ? '' : `user ${setup.user};`}
daemon off;
worker_processes ${setup.workers};
pid ${quoted(`${setup.prefix}/pid`)};
error_log stderr warn;
events { worker_connections ${CONNECTIONS_MAX}; }
http {
  access_log off;
  server_tokens off;
  sendfile on;
  # A worker that sends one large image without a pause would leave the others waiting.
  sendfile_max_chunk 2m;
  tcp_nopush on;
  etag on;
  max_ranges 1;
  keepalive_timeout 5s;
  client_header_timeout 10s;
  client_max_body_size 1k;
  send_timeout 60s;
  reset_timedout_connection on;
  types { application/efi efi; text/plain ipxe cfg txt; }
  charset utf-8;
  charset_types text/plain;
  default_type application/octet-stream;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${quoted(`${setup.prefix}/${name}`)};`).join('\n  ')}
  upstream anneal { server ${quoted(`unix:${setup.backend}`)}; keepalive 16; }
  server {
${setup.listen.map((at) => `    listen ${listenOf(at)};`).join('\n')}
    location ~ "^${CONTENT_PATH}[0-9a-f]{64}$" {
      limit_except GET { deny all; }
      error_page 403 404 = @anneal;
      root ${quoted(setup.root)};
      add_header cache-control "public, max-age=31536000, immutable";
    }
    location ${ACCELERATED.files} { internal; alias ${quoted(`${setup.root}/files/`)}; }
    location ${ACCELERATED.content} { internal; alias ${quoted(`${setup.root}/content/sha256/`)}; }
    location / { try_files /.none @anneal; }
    location @anneal {
      proxy_pass http://anneal;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_set_header host $http_host;
      proxy_set_header ${FRONT_HEADER} ${setup.frontSecret};
      proxy_set_header ${FRONT_CLIENT_HEADER} $remote_addr;
      proxy_set_header ${FRONT_SERVER_HEADER} "$server_addr $server_port";
      proxy_connect_timeout 2s;
      proxy_read_timeout 30s;
    }
  }
}
`;

const listenOf = ({ address, port }: { readonly address: string; readonly port: number }): string => {
  const [plain = address] = address.split('%');
  return isIPv6(plain) ? `[${address}]:${port} ipv6only=on backlog=1024` : `${address}:${port} backlog=1024`;
};

/** As one word of the configuration; variables are not expanded in what a folder is called. */
const quoted = (text: string): string => {
  if (/["\\$\r\n]/.test(text))
    throw new Error(`nginx cannot be told of ${JSON.stringify(text)}: use a folder without " \\ and $`);
  return `"${text}"`;
};
