import { Controller, Inject } from '@nestjs/common';
import { settingRoutes } from '#api-types';
import { isRefusal, refuse } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class SettingsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(settingRoutes.list)
  async list() {
    return { items: await this.model.listSettings.execute() };
  }

  @Serves(settingRoutes.show)
  show(@Given() { params }: Given<typeof settingRoutes.show>) {
    return this.find(params.key);
  }

  @Serves(settingRoutes.patch)
  async patch(@Given() { actor, params, ifVersion, body }: Given<typeof settingRoutes.patch>) {
    const changed = await this.model.changeSetting.execute(actor, {
      key: params.key,
      value: body.value,
      version: ifVersion,
    });
    return isRefusal(changed) ? changed : this.find(params.key);
  }

  private async find(key: string) {
    const settings = await this.model.listSettings.execute();
    return (
      settings.find((setting) => setting.key === key) ??
      refuse(
        'not-found',
        `there is no setting "${key}": there are ${settings.map((setting) => setting.key).join(', ')}.`,
        { key },
      )
    );
  }
}
