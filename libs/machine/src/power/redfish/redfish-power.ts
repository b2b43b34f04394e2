import type { DriverReading, DriverResult, PowerDriver, PowerOptions } from '#app';
import type { JsonObject, PowerAction, PowerState } from '#core';
import { switchPower, type NotTaken } from '../steps.js';
import { Deadline } from '../until.js';
import { linksIn, objectIn, RedfishClient, textIn } from './client.js';
import { failure, isFailure, type Failure, type FoundSystem, type RedfishService, type Resource } from './service.js';

/** ResetType of DSP0268, best first. */
const RESETS: Readonly<Record<'on' | 'off' | 'reset', readonly string[]>> = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
  reset: ['ForceRestart', 'PowerCycle'],
};

/** A BMC that speaks Redfish (DMTF DSP0266, schemas of DSP0268). One of these is one conversation: close it. */
export class RedfishPower implements PowerDriver {
  readonly method = 'redfish';

  constructor(
    private readonly service: RedfishService,
    private readonly options: { readonly uefi: boolean | null; readonly offMs?: number },
  ) {}

  state(deadlineMs: number, signal?: AbortSignal): Promise<DriverReading> {
    return this.reading(new Deadline(deadlineMs, signal));
  }

  async act(action: PowerAction, options: PowerOptions): Promise<DriverResult> {
    const deadline = new Deadline(options.deadlineMs, options.signal);
    switch (action) {
      case 'on':
      case 'off':
      case 'cycle':
      case 'reset':
        return switchPower(
          { read: (within) => this.reading(within), ask: (what, within) => this.reset(what, within) },
          action,
          options,
          this.options.offMs,
        );
      case 'identify':
        return this.identify((options.identifySeconds ?? 60) > 0, deadline);
      case 'boot-network':
        return this.boot('Pxe', deadline);
      case 'boot-disk':
        return this.boot('Hdd', deadline);
    }
  }

  close(): Promise<void> {
    return this.service.close(new Deadline(RedfishClient.LOGOUT_MS));
  }

  private async reading(deadline: Deadline): Promise<DriverReading> {
    const system = await this.service.system(deadline);
    if (isFailure(system)) return { kind: 'failed', reason: system.reason };
    return { kind: 'read', state: stateIn(system.body) };
  }

  private async reset(what: 'on' | 'off' | 'reset', deadline: Deadline): Promise<NotTaken | null> {
    const system = await this.service.system(deadline);
    if (isFailure(system)) return system;
    const action = objectIn(objectIn(system.body['Actions'])['#ComputerSystem.Reset']);
    const target = textIn(action['target']);
    if (target === null) return failure('its BMC offers no reset of the system', 'none', true);
    const allowed = await this.allowed(action, deadline);
    const type = RESETS[what].find((each) => allowed.length === 0 || allowed.includes(each));
    if (type === undefined)
      return failure(`its BMC knows no way to ${what}; it knows ${allowed.join(', ')}`, 'none', true);
    const answer = await this.service.post(target, { ResetType: type }, deadline);
    return isFailure(answer) ? answer : null;
  }

  /** From the annotation, else from ActionInfo; empty when the service says nothing. */
  private async allowed(action: JsonObject, deadline: Deadline): Promise<readonly string[]> {
    const annotated = textsIn(action['ResetType@Redfish.AllowableValues']);
    const more = textIn(action['@Redfish.ActionInfo']);
    if (annotated.length > 0 || more === null) return annotated;
    const resource = await this.service.read(more, deadline);
    if (isFailure(resource)) return [];
    const parameters = resource.body['Parameters'];
    return Array.isArray(parameters)
      ? (parameters as readonly JsonObject[])
          .filter((parameter) => parameter['Name'] === 'ResetType')
          .flatMap((parameter) => textsIn(parameter['AllowableValues']))
      : [];
  }

  private async boot(target: 'Pxe' | 'Hdd', deadline: Deadline): Promise<DriverResult> {
    const system = await this.service.system(deadline);
    if (isFailure(system)) return driverFailure(system);
    const { quirks } = system;
    const settings =
      quirks.bootSettings === null ? null : await this.service.read(`${system.path}/${quirks.bootSettings}`, deadline);
    // A listed product without its odd resource is a newer firmware that keeps to the standard.
    const written: Resource = settings === null || isFailure(settings) ? system : settings;
    const boot = objectIn(written.body['Boot']);
    const allowed = textsIn(boot['BootSourceOverrideTarget@Redfish.AllowableValues']);
    if (allowed.length > 0 && !allowed.includes(target)) return { kind: 'unsupported' };
    const wish = { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: target, ...this.mode(system, boot) };
    const seen = await this.service.change(
      written,
      { Boot: wish },
      (now) =>
        objectIn(now['Boot'])['BootSourceOverrideEnabled'] === 'Once' &&
        objectIn(now['Boot'])['BootSourceOverrideTarget'] === target,
      quirks,
      deadline,
    );
    if (isFailure(seen)) return driverFailure(seen);
    return { kind: 'done', says: `starts from ${target === 'Pxe' ? 'network' : 'disk'} next` };
  }

  /** The mode that the machine starts in must not change by the way. */
  private mode({ quirks }: FoundSystem, boot: JsonObject): JsonObject {
    const { uefi } = this.options;
    const now = textIn(boot['BootSourceOverrideMode']);
    const wanted = uefi === null ? now : uefi ? 'UEFI' : 'Legacy';
    if (wanted === null || quirks.bootMode === 'never') return {};
    if (quirks.bootMode === 'always') return { BootSourceOverrideMode: wanted };
    const allowed = textsIn(boot['BootSourceOverrideMode@Redfish.AllowableValues']);
    return now !== null && now !== wanted && allowed.includes(wanted) ? { BootSourceOverrideMode: wanted } : {};
  }

  /** The lamp of the system, else of its first chassis. LocationIndicatorActive took the place of IndicatorLED in 2020. */
  private async identify(lit: boolean, deadline: Deadline): Promise<DriverResult> {
    const system = await this.service.system(deadline);
    if (isFailure(system)) return driverFailure(system);
    let lamp: Resource | Failure = system;
    if (lampOf(system.body) === null) {
      const [chassis] = linksIn(objectIn(system.body['Links'])['Chassis']);
      if (chassis === undefined) return { kind: 'unsupported' };
      lamp = await this.service.read(chassis, deadline);
      if (isFailure(lamp)) return driverFailure(lamp);
    }
    const kind = lampOf(lamp.body);
    if (kind === null) return { kind: 'unsupported' };
    const wish: JsonObject =
      kind === 'active' ? { LocationIndicatorActive: lit } : { IndicatorLED: lit ? 'Blinking' : 'Off' };
    const isThere = (now: JsonObject): boolean =>
      kind === 'active'
        ? now['LocationIndicatorActive'] === lit
        : lit
          ? now['IndicatorLED'] === 'Blinking' || now['IndicatorLED'] === 'Lit'
          : now['IndicatorLED'] === 'Off';
    const seen = await this.service.change(lamp, wish, isThere, system.quirks, deadline);
    if (isFailure(seen)) return driverFailure(seen);
    return { kind: 'done', says: lit ? 'its lamp lights until it is told to go out' : 'its lamp is out' };
  }
}

const lampOf = (body: JsonObject): 'active' | 'led' | null =>
  typeof body['LocationIndicatorActive'] === 'boolean'
    ? 'active'
    : typeof body['IndicatorLED'] === 'string'
      ? 'led'
      : null;

const stateIn = (system: JsonObject): PowerState =>
  system['PowerState'] === 'On' ? 'on' : system['PowerState'] === 'Off' ? 'off' : 'unknown';

const driverFailure = ({ reason, effect }: Failure): DriverResult => ({ kind: 'failed', reason, effect });

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
