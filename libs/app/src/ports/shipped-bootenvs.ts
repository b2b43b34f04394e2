/** The boot environments that come with this version, and their templates. */
export interface ShippedTemplate {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly secret: boolean;
}

export interface ShippedBootenv {
  readonly name: string;
  readonly description: string;
  readonly local: boolean;
  readonly params: readonly string[];
  /** Name of a template by the path under which machines fetch it. */
  readonly files: Readonly<Record<string, string>>;
}

export abstract class ShippedBootenvs {
  abstract load(): Promise<{
    readonly templates: readonly ShippedTemplate[];
    readonly bootenvs: readonly ShippedBootenv[];
  }>;
}
