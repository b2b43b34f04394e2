/**
 * The options that Anneal reads or writes, with the shape of their content and the document that defines them. Whatever
 * is not in the table is carried as bytes.
 */
export type OptionShape =
  | 'address'
  | 'addresses'
  | 'text'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'bytes'
  | 'codes'
  | 'suboptions'
  | 'routes'
  | 'domains';

export interface OptionKind {
  readonly code: number;
  readonly name: string;
  readonly shape: OptionShape;
  readonly defined: string;
}

export const OPTION = {
  subnetMask: 1,
  router: 3,
  nameServers: 6,
  hostName: 12,
  domainName: 15,
  interfaceMtu: 26,
  broadcastAddress: 28,
  timeServers: 42,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterList: 55,
  message: 56,
  maximumSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClass: 60,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootFileName: 67,
  userClass: 77,
  relayAgent: 82,
  clientArchitecture: 93,
  clientInterface: 94,
  clientUuid: 97,
  subnetSelection: 118,
  domainSearch: 119,
  classlessRoutes: 121,
  etherboot: 175,
  microsoftRoutes: 249,
} as const;

const kind = (code: number, name: string, shape: OptionShape, defined: string): OptionKind => ({
  code,
  name,
  shape,
  defined,
});

export const OPTION_KINDS: readonly OptionKind[] = [
  kind(1, 'subnet mask', 'address', 'RFC 2132 §3.3'),
  kind(3, 'router', 'addresses', 'RFC 2132 §3.5'),
  kind(6, 'name servers', 'addresses', 'RFC 2132 §3.8'),
  kind(12, 'host name', 'text', 'RFC 2132 §3.14'),
  kind(15, 'domain name', 'text', 'RFC 2132 §3.17'),
  kind(26, 'interface MTU', 'uint16', 'RFC 2132 §5.1'),
  kind(28, 'broadcast address', 'address', 'RFC 2132 §5.3'),
  kind(42, 'time servers', 'addresses', 'RFC 2132 §8.3'),
  kind(43, 'vendor specific', 'suboptions', 'RFC 2132 §8.4, PXE 2.1 §2.1'),
  kind(50, 'requested address', 'address', 'RFC 2132 §9.1'),
  kind(51, 'lease time', 'uint32', 'RFC 2132 §9.2'),
  kind(52, 'overload', 'uint8', 'RFC 2132 §9.3'),
  kind(53, 'message type', 'uint8', 'RFC 2132 §9.6'),
  kind(54, 'server identifier', 'address', 'RFC 2132 §9.7'),
  kind(55, 'parameter request list', 'codes', 'RFC 2132 §9.8'),
  kind(56, 'message', 'text', 'RFC 2132 §9.9'),
  kind(57, 'maximum message size', 'uint16', 'RFC 2132 §9.10'),
  kind(58, 'renewal time', 'uint32', 'RFC 2132 §9.11'),
  kind(59, 'rebinding time', 'uint32', 'RFC 2132 §9.12'),
  kind(60, 'vendor class', 'text', 'RFC 2132 §9.13'),
  kind(61, 'client identifier', 'bytes', 'RFC 2132 §9.14, RFC 4361'),
  kind(66, 'TFTP server name', 'text', 'RFC 2132 §9.4'),
  kind(67, 'boot file name', 'text', 'RFC 2132 §9.5'),
  kind(77, 'user class', 'bytes', 'RFC 3004; iPXE sends it as plain text'),
  kind(82, 'relay agent information', 'suboptions', 'RFC 3046'),
  kind(93, 'client architecture', 'uint16', 'RFC 4578 §2.1'),
  kind(94, 'client network interface', 'bytes', 'RFC 4578 §2.2'),
  kind(97, 'client machine identifier', 'bytes', 'RFC 4578 §2.3'),
  kind(118, 'subnet selection', 'address', 'RFC 3011'),
  kind(119, 'domain search', 'domains', 'RFC 3397'),
  kind(121, 'classless static routes', 'routes', 'RFC 3442'),
  kind(175, 'etherboot', 'suboptions', 'iPXE'),
  kind(249, 'classless static routes, Microsoft', 'routes', 'MS-DHCPE §2.2.8'),
];

const BY_CODE = new Map(OPTION_KINDS.map((each) => [each.code, each]));

export const optionKind = (code: number): OptionKind | null => BY_CODE.get(code) ?? null;
