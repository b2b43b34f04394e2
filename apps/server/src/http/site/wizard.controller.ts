import { Controller, Inject } from '@nestjs/common';
import { wizardRoutes } from '#api-types';
import { HostFacts, type WizardDraft } from '#app';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class WizardController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(HostFacts) private readonly host: HostFacts,
  ) {}

  @Serves(wizardRoutes.show)
  async show() {
    return draftAnswer(await this.model.readWizardDraft.execute());
  }

  @Serves(wizardRoutes.save)
  async save(@Given() { actor, body, ifVersion }: Given<typeof wizardRoutes.save>) {
    const saved = await this.model.saveWizardDraft.execute(actor, {
      draft: body.draft as never,
      step: body.step,
      finished: body.finished ?? false,
      ...(ifVersion === undefined ? {} : { version: ifVersion }),
    });
    return isRefusal(saved) ? saved : draftAnswer(saved);
  }

  @Serves(wizardRoutes.host)
  async look() {
    const { fqdn, hostname, interfaces, memoryBytes, diskFreeBytes, checks } = await this.host.look();
    return { fqdn, hostname, interfaces, memory_bytes: memoryBytes, disk_free_bytes: diskFreeBytes, checks };
  }
}

const draftAnswer = ({ draft, step, finishedAt, version }: WizardDraft) => ({
  draft,
  step,
  finished_at: finishedAt,
  version,
});
