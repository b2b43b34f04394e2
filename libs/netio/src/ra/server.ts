import type { PacketSink } from '#app';
import {
  ALL_NODES,
  afterChange,
  afterSolicitation,
  beginSchedule,
  decodeRouterSolicitation,
  dueAdvertisements,
  encodeRouterAdvertisement,
  nextMoment,
  planAdvertisement,
  type AdvertisementSchedule,
  type BootView,
  type ViewNetwork,
} from '#core';
import { localInterfaces } from '../socket/interfaces.js';
import { Icmp6Socket } from './icmp6-socket.js';

/**
 * Sends router advertisements on the interfaces where Anneal serves IPv6, and answers hosts that ask for one. What they
 * say and when they are due is decided in core; here are the sockets and the clock.
 */

export interface RaInterface {
  readonly name: string;
  readonly link: string;
}

export interface RaServerOptions {
  readonly interfaces: readonly RaInterface[];
  readonly view: Pick<BootView, 'networksOfLink' | 'onChange'>;
  readonly sink?: PacketSink;
  /** Whether names are served here; absent: they are not. */
  readonly servesNames?: () => boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 up to, not including, 1. */
  readonly chance?: () => number;
}

/** How often it is looked whether a host has asked: a tenth of what an answer may be late (RFC 4861 §6.2.6). */
const LOOK_MS = 50;
/** Solicitations that are taken in at one look; more wait for the next. */
const HEARD_PER_LOOK_MAX = 256;
/** What the kernel did not take is tried again after this. */
const RETRY_MS = 1_000;

class Advertiser {
  private schedule: AdvertisementSchedule;
  private networks: readonly ViewNetwork[] | null = null;
  private packet: Uint8Array | null = null;
  sent = 0;

  constructor(
    private readonly socket: Icmp6Socket,
    private readonly wish: RaInterface,
    private readonly options: RaServerOptions,
    private readonly now: () => number,
    private readonly chance: () => number,
  ) {
    this.schedule = beginSchedule(now());
  }

  /** Takes in who asked, and sends what is due. */
  look(): void {
    this.hear();
    const now = this.now();
    if (nextMoment(this.schedule) > now) return;
    this.readNetworks();
    const { toAll, to, then } = dueAdvertisements(this.schedule, now, this.chance);
    this.schedule = then;
    // Nothing of ours is here now; a change of the view may say otherwise.
    if (!this.packet) return;
    for (const source of to) this.send(this.packet, source);
    if (toAll && !this.send(this.packet, ALL_NODES)) this.schedule = { ...then, nextToAllAt: now + RETRY_MS };
  }

  /** What is advertised may be another now. */
  reconsider(): void {
    const before = this.packet;
    const networks = this.options.view.networksOfLink(this.wish.link);
    if (networks === this.networks) return;
    this.readNetworks();
    if (this.packet && !(before && Buffer.compare(before, this.packet) === 0))
      this.schedule = afterChange(this.schedule, this.now());
  }

  /** Says that we are no way out any more, if we were one (RFC 4861 §6.2.5). */
  farewell(): void {
    const plan = this.plan();
    if (plan && plan.routerSeconds > 0) this.send(encodeRouterAdvertisement({ ...plan, routerSeconds: 0 }), ALL_NODES);
    this.socket.close();
  }

  private hear(): void {
    for (let count = 0; count < HEARD_PER_LOOK_MAX; count += 1) {
      const heard = this.socket.receive();
      if (!heard) return;
      const solicitation = decodeRouterSolicitation(heard.packet, heard.source);
      const now = this.now();
      if (solicitation) this.schedule = afterSolicitation(this.schedule, heard.source, now, this.chance);
      this.options.sink?.note({
        at: now,
        service: 'ra',
        mac: solicitation?.mac ?? null,
        node: null,
        from: heard.source,
        on: this.wish.name,
        asked: 'router solicitation',
        answered: solicitation && this.packet ? 'router advertisement' : null,
        why: solicitation ? [] : ['it is no sound router solicitation'],
      });
    }
  }

  private readNetworks(): void {
    this.networks = this.options.view.networksOfLink(this.wish.link);
    const plan = this.plan();
    this.packet = plan && encodeRouterAdvertisement(plan);
  }

  private plan() {
    const local = localInterfaces().find(({ name }) => name === this.wish.name);
    const mac = local?.mac?.map((byte) => byte.toString(16).padStart(2, '0')).join(':') ?? null;
    const addresses = (local?.addresses ?? []).map(({ address }) => address);
    return planAdvertisement(this.options.view.networksOfLink(this.wish.link), {
      mac,
      addresses,
      servesNames: this.options.servesNames?.() ?? false,
    });
  }

  private send(packet: Uint8Array, to: string): boolean {
    const taken = this.socket.send(packet, to);
    if (taken) this.sent += 1;
    return taken;
  }
}

export class RaServer {
  private readonly advertisers: Advertiser[] = [];
  private timer: NodeJS.Timeout | null = null;
  private forgetView: (() => void) | null = null;
  private sentByClosed = 0;

  constructor(private readonly options: RaServerOptions) {}

  /** Advertisements that were sent since the start. */
  get sent(): number {
    return this.sentByClosed + this.advertisers.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** Opens the sockets; fails as a whole when one of them cannot be had. */
  start(): void {
    const { interfaces, view, now = Date.now, chance = Math.random } = this.options;
    try {
      for (const wish of interfaces)
        this.advertisers.push(new Advertiser(new Icmp6Socket(wish.name), wish, this.options, now, chance));
    } catch (error) {
      this.stop();
      throw error;
    }
    this.forgetView = view.onChange((steps) => {
      if (steps.some(({ kind }) => kind === 'network')) for (const each of this.advertisers) each.reconsider();
    });
    this.timer = setInterval(() => {
      for (const each of this.advertisers) each.look();
    }, LOOK_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.forgetView?.();
    this.forgetView = null;
    for (const each of this.advertisers) each.farewell();
    this.sentByClosed = this.sent;
    this.advertisers.length = 0;
  }
}
