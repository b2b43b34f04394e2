/** Names and addresses under which boot services are reached. Whoever advertises one and whoever serves it take it from here. */

/** An address as it stands in a URL: IPv6 in brackets (RFC 3986 §3.2.2), its zone written as RFC 6874 has it. */
export const hostInUrl = (address: string): string =>
  address.includes(':') ? `[${address.replace('%', '%25')}]` : address;

/** Base of everything on HTTP, without trailing slash. */
export const httpBase = (address: string, port: number): string =>
  `http://${hostInUrl(address)}${port === 80 ? '' : `:${port}`}`;

/** The script that iPXE begins with. Without a query it asks iPXE who it is, and comes again. */
export const SCRIPT_PATH = '/boot.ipxe';
/** Boot files: the same names as on TFTP. */
export const FILES_PATH = '/files/';
/** Content that is named by what it is, SHA-256 in hex. */
export const CONTENT_PATH = '/content/sha256/';
/** What is rendered for one node. */
export const NODES_PATH = '/nodes/';

/** Name of a template that is the iPXE script of its boot environment. */
export const SCRIPT_TEMPLATE = 'boot.ipxe';
/** Name of a template that is its configuration of GRUB, for secure boot. */
export const GRUB_TEMPLATE = 'grub.cfg';
/**
 * Where Debian's signed network GRUB looks first: its prefix is `/grub` on the TFTP root. It sends each machine to a file
 * of its own.
 */
export const GRUB_ENTRY = 'grub/grub.cfg';
/** What GRUB loads for one machine, on TFTP. */
export const grubFileOf = (mac: string): string => `grub/node-${mac}.cfg`;

export const tftpUrl = (address: string, file: string): string => `tftp://${hostInUrl(address)}/${file}`;

/** What the nonce for a node's images is kept under; no template can have this path. */
export const IMAGES_NONCE = '*images';
