import { installOrderJson, isRefusal, type JsonObject, type NodeId, type Refusal } from '#core';
import { BeginInstall } from './begin-install.js';

/** A secret file that a machine fetches in its boot. */
export interface SecretWanted {
  readonly node: NodeId;
  /** The boot environment that the file belongs to. */
  readonly bootenv: string;
  readonly apiUrl: string;
  /** Base of what netboot serves, as the machine reached it. */
  readonly contentBase: string;
  readonly address: string;
}

/**
 * What a secret template of netboot sees: in the boot environment of an install, its order, as
 * `secrets.install`. Rendering such a file gives the order out, so a boot environment of an install has one secret
 * file; a second one is refused like a second boot. Elsewhere there is nothing secret yet.
 */
export class InstallSecrets {
  private readonly begin: BeginInstall;

  constructor(private readonly parts: ConstructorParameters<typeof BeginInstall>[0]) {
    this.begin = new BeginInstall(parts);
  }

  async execute(wanted: SecretWanted): Promise<JsonObject | Refusal> {
    const { node, bootenv, apiUrl, contentBase, address } = wanted;
    const last = await this.parts.unitOfWork.read(async (tx) => (await tx.installs.latestOf([node])).get(node));
    if (last?.bootenv !== bootenv) return {};
    const order = await this.begin.execute({ node, via: 'netboot', session: null, apiUrl, contentBase, address });
    if (isRefusal(order)) return order;
    return { install: installOrderJson(order) };
  }
}
