/** The parts of the npm package `dhcp` 0.2.20 that are used; it brings no types of its own. */
declare module 'dhcp/lib/protocol.js' {
  interface PackageMessage {
    op: number;
    htype: number;
    hlen: number;
    hops: number;
    xid: number;
    secs: number;
    flags: number;
    ciaddr: string;
    yiaddr: string;
    siaddr: string;
    giaddr: string;
    chaddr: string;
    sname: string;
    file: string;
    options: Record<number, readonly number[]>;
  }
  const protocol: {
    parse(bytes: Uint8Array): PackageMessage;
  };
  export default protocol;
}

declare module 'dhcp/lib/seqbuffer.js' {
  export default class SeqBuffer {
    constructor(bytes: Buffer);
    readonly _w: number;
    addUInt8(value: number): void;
    addUInt16(value: number): void;
    addUInt32(value: number): void;
    addIP(quad: string): void;
    addMac(mac: string): void;
    addASCIIPad(text: string, bytes: number): void;
    addOptions(options: Readonly<Record<number, readonly number[]>>): void;
  }
}

declare module 'dhcp/lib/options.js' {
  const options: { addOption(code: number, option: { name: string; type: string }): void };
  export default options;
}
