import { openWorkshop, type MoreJigs, type Workshop } from '../e2e/rest/workshop.js';
import { browse, type Browsing } from './browse.js';

/** A workshop, whose jigs do as they are told, and a server beside its own that has the interface. */
export interface WorkshopSite extends Browsing {
  readonly shop: Workshop;
}

export const startWorkshopSite = async (name: string, moreJigs: MoreJigs): Promise<WorkshopSite> => {
  const shop = await openWorkshop(name, moreJigs);
  try {
    const browsing = await browse(shop);
    return {
      ...browsing,
      shop,
      stop: async () => {
        await browsing.stop();
        await shop.stop();
      },
    };
  } catch (error) {
    await shop.stop();
    throw error;
  }
};
