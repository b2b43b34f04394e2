/** What a cloud offers, in words that all clouds share. Sizes are in MiB and GiB, as clouds count them. */
export interface OfferedNetwork {
  readonly id: string;
  readonly name: string;
  /** It leads outside: floating addresses come from it. */
  readonly external: boolean;
  /** A server can be put on it. */
  readonly usable: boolean;
}

export interface OfferedFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memory_mib: number;
  readonly disk_gib: number;
}

export interface OfferedImage {
  readonly id: string;
  readonly name: string;
  /** The least that a flavor must have. */
  readonly memory_mib: number;
  readonly disk_gib: number;
  /** `debian`, `ubuntu`, …; null where the cloud does not say. */
  readonly distribution: string | null;
  /** The account that the cloud says is to be logged in to. */
  readonly account: string | null;
}

export interface CloudOffer {
  readonly networks: readonly OfferedNetwork[];
  readonly flavors: readonly OfferedFlavor[];
  readonly images: readonly OfferedImage[];
  /** What could not be read, or was left out, in sentences. */
  readonly notes: readonly string[];
}

/** What somebody wants of a cloud; a name wins over a size. Written as the API writes it, for it is kept so. */
export interface ProviderWish {
  /** Names or ids. */
  readonly network?: string;
  readonly flavor?: string;
  readonly image?: string;
  /** The network from which floating addresses are taken. */
  readonly external_network?: string;
  /** The least that the flavor must have. */
  readonly vcpus?: number;
  readonly memory_mib?: number;
  readonly disk_gib?: number;
  /** `auto`: a floating address when the network does not lead outside by itself. */
  readonly floating?: 'auto' | 'always' | 'never';
  /** The account to log in to; without one the usual ones of the image are tried. */
  readonly account?: string;
  readonly ssh_port?: number;
  /** Names of security groups there; without any, one of our own that lets SSH in. */
  readonly security_groups?: readonly string[];
  /** Further words of one driver, as text. */
  readonly availability_zone?: string;
}

/** What was picked of an offer. */
export interface Picked {
  /** `external`: it leads outside by itself. */
  readonly network: { readonly id: string; readonly name: string; readonly external: boolean };
  readonly flavor: { readonly id: string; readonly name: string };
  readonly image: { readonly id: string; readonly name: string };
  /** The network from which a floating address is to be taken; null: the server's own address is used. */
  readonly external: { readonly id: string; readonly name: string } | null;
  /** In the order in which they are tried. */
  readonly accounts: readonly string[];
}
