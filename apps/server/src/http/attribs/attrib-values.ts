import { Inject, Injectable } from '@nestjs/common';
import type { AttribTarget } from '#app';
import { isRefusal, type Json } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';

/** Reads and sets values, whatever they belong to. */
@Injectable()
export class AttribValues {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  async all(target: AttribTarget) {
    const items = await this.model.readAttribs.execute(target);
    return isRefusal(items) ? items : { items };
  }

  one(target: AttribTarget, attrib: string) {
    return this.model.readAttrib.execute(target, attrib);
  }

  /** Undefined takes the target's own value away. Answers with what shows then. */
  async set(actor: string, target: AttribTarget, attrib: string, value: Json | undefined, version: number | undefined) {
    const set = await this.model.setAttrib.execute(actor, { target, attrib, value, version });
    if (isRefusal(set)) return set;
    const now = await this.one(target, attrib);
    return isRefusal(now) ? now : { ...set, attrib: now };
  }
}
