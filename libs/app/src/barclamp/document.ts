import type { Generate, Json, JsonObject, RoleFlag, RoleScope } from '#core';

/**
 * A barclamp as importing needs it: plain values with every default filled in, checked in themselves by whoever read them.
 * What can only be known beside the other barclamps is checked here: who owns a name, circles, parents.
 */
export interface BarclampDocument {
  readonly name: string;
  readonly display: string;
  readonly description: string;
  readonly version: string;
  /** The barclamp that this one belongs to. */
  readonly parent?: string;
  /** Barclamps that must have been imported before. */
  readonly requires: readonly string[];
  readonly jigs: readonly { readonly name: string; readonly description: string; readonly clientRole?: string }[];
  readonly roles: readonly RoleDocument[];
  /** Attributes of nodes. */
  readonly attribs: readonly AttribDocument[];
  /** Equal digests import to equal things. */
  readonly digest: string;
}

export interface RoleDocument {
  readonly name: string;
  readonly description: string;
  readonly jig: string;
  readonly flags: readonly RoleFlag[];
  readonly requires: readonly string[];
  readonly wants: readonly { readonly attrib: string; readonly at?: string }[];
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
  readonly attaches: readonly string[];
  /** Roles that wait for this one, softly. */
  readonly preceeds: readonly string[];
  readonly attribs: readonly AttribDocument[];
  readonly outputs: readonly AttribDocument[];
  readonly onError: 'node' | 'descendants';
  readonly onRerunFailure: 'warn' | 'block';
  /** How long what it did lasts; `boot` where it is absent. */
  readonly scope?: RoleScope;
  readonly retry?: { readonly max: number; readonly backoffSeconds: number; readonly exitCodes?: readonly number[] };
  readonly timeoutSeconds?: number;
  readonly priority: number;
  readonly template: JsonObject;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly events: readonly EventHookDocument[];
  readonly notes: string;
  readonly documentation: string;
}

export interface EventHookDocument {
  readonly on: string;
  readonly do: 'rerun' | 'webhook';
  readonly url?: string;
  readonly deadlineSeconds: number;
}

export interface AttribDocument {
  readonly name: string;
  readonly description: string;
  /** Path `a/b/c` in the layered data. */
  readonly map: string;
  readonly schema: JsonObject | boolean | null;
  readonly default?: Json;
  readonly writable: boolean;
  readonly secret?: boolean;
  /** How a value is made where no layer has one. */
  readonly generate?: Generate;
  readonly order: number;
  readonly uiRenderer?: string;
  readonly kind: 'input' | 'output';
}
