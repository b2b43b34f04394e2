import { Controller, Inject } from '@nestjs/common';
import { ReadPackets, type SeenPackets } from '#app';
import { isRefusal, type Refusal } from '#core';
import { netbootRoutes } from '#api-types';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class NetbootController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(ReadPackets) private readonly readPackets: ReadPackets,
  ) {}

  @Serves(netbootRoutes.list)
  async list() {
    return { items: await this.model.listNetbootServers.execute(), next: null };
  }

  @Serves(netbootRoutes.delete)
  delete(@Given() { actor, params }: Given<typeof netbootRoutes.delete>) {
    return this.model.forgetNetbootServer.execute(actor, { server: params.key });
  }

  @Serves(netbootRoutes.boot)
  boot(@Given() { params }: Given<typeof netbootRoutes.boot>) {
    return this.model.explainBoot.execute({ node: params.key });
  }

  @Serves(netbootRoutes.packets)
  async packets(@Given() { params }: Given<typeof netbootRoutes.packets>) {
    return withTimes(await this.readPackets.execute({ node: params.key }));
  }

  @Serves(netbootRoutes.unknown)
  async unknown() {
    return withTimes(await this.readPackets.execute({}));
  }
}

const withTimes = (seen: SeenPackets | Refusal) =>
  isRefusal(seen) ? seen : { ...seen, packets: seen.packets.map((packet) => ({ ...packet, at: new Date(packet.at) })) };
