/** Router advertisements: what hosts are told, and when. Sockets are the affair of netio. */
export {
  ALL_NODES,
  ALL_ROUTERS,
  ROUTER_ADVERTISEMENT,
  ROUTER_SOLICITATION,
  decodeRouterAdvertisement,
  decodeRouterSolicitation,
  encodeRouterAdvertisement,
  type AdvertisedPrefix,
  type RouterAdvertisement,
} from './advertisement.js';
export { planAdvertisement, type AdvertisingInterface } from './plan.js';
export {
  afterChange,
  afterSolicitation,
  beginSchedule,
  dueAdvertisements,
  nextMoment,
  type AdvertisementSchedule,
} from './schedule.js';
