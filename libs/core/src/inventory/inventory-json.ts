import type { Json, JsonObject } from '../base/json.js';
import { networkInventoryJson } from '../netconfig/inventory.js';
import type { DiskFacts, Inventory } from './inventory.js';

/** The document as machines send it and rows keep it: names in snake_case, everything that is known, and null for the rest. */
export const inventoryJson = (inventory: Inventory): JsonObject => {
  const { version, system, cpu, memory, firmware, network, links, disks, raid, bmc, pci, kernel, architecture } =
    inventory;
  const { assetTag, ...rest } = system;
  const { secureBoot, ...firmwareRest } = firmware;
  return {
    version,
    system: { ...rest, asset_tag: assetTag },
    cpu: { ...cpu },
    memory: {
      bytes: memory.bytes,
      modules: memory.modules.map(({ slot, bytes, mtPerSecond }) => ({ slot, bytes, mt_per_second: mtPerSecond })),
    },
    firmware: { ...firmwareRest, secure_boot: secureBoot },
    network: networkInventoryJson(network),
    links: links.map(({ name, up, mbitPerSecond, neighbour }) => ({
      name,
      up,
      mbit_per_second: mbitPerSecond,
      neighbour: neighbour && { ...neighbour },
    })),
    disks: disks.map(diskJson),
    raid: raid.map(({ busPath, model, driver }) => ({ bus_path: busPath, model, driver })),
    bmc: bmc && { ...bmc },
    pci: pci.map(({ busPath, id, class: kind, name }) => ({ bus_path: busPath, id, class: kind, name })),
    kernel,
    architecture,
  };
};

const diskJson = ({ sectorBytes, busPath, readOnly, ...rest }: DiskFacts): Json => ({
  ...rest,
  sector_bytes: sectorBytes,
  bus_path: busPath,
  read_only: readOnly,
});
