import { refuse, type Json, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { SettingView } from '../ports/setting-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { refuseSetting, SETTING_KEYS, SETTINGS } from './settings.js';

export interface ExplainedSetting extends SettingView {
  readonly says: string;
  readonly fallback: Json;
}

export class ListSettings {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(): Promise<ExplainedSetting[]> {
    return this.parts.unitOfWork.read(async (tx) => {
      const stored = new Map((await tx.settings.all()).map((setting) => [setting.key, setting]));
      return SETTING_KEYS.map((key) => ({
        ...(stored.get(key) ?? { key, value: SETTINGS[key].fallback, version: 0 }),
        says: SETTINGS[key].says,
        fallback: SETTINGS[key].fallback,
      }));
    });
  }
}

/** Sets one setting of the installation. */
export class ChangeSetting {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly key: string; readonly value: Json; readonly version?: number },
  ): Promise<SettingView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const wrong = await refuseSetting(tx, input.key, input.value);
      if (wrong) return wrong;
      const before = await tx.settings.get(input.key);
      const stale = refuseStale(`setting ${input.key}`, before ?? { version: 0 }, input.version);
      if (stale) return stale;
      await tx.settings.put(input.key, input.value);
      tx.tell({ kind: 'setting.changed', data: { key: input.key, from: before?.value ?? null, to: input.value } });
      return (
        (await tx.settings.get(input.key)) ??
        refuse('unavailable', `the setting ${input.key} could not be read back: try again.`)
      );
    });
  }
}
