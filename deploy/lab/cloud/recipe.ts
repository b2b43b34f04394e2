import { sourcesList, type PackageSource } from '../package-proxy/sources.js';
import { LAB_RECIPE, type RootfsRecipe } from '../rootfs-recipe.js';

/**
 * The root file system of a node that is to carry a cloud: what a plain Debian server has, and nothing of the cloud. All
 * that comes by roles, from the host's own mirrors through the lab's proxy.
 */
export function cloudRecipe(sources: readonly PackageSource[]): RootfsRecipe {
  return {
    ...LAB_RECIPE,
    packages: [
      ...LAB_RECIPE.packages.filter((name) => !['haproxy', 'nginx-light'].includes(name)),
      ...['apt', 'nftables', 'iptables', 'ebtables', 'arptables', 'bridge-utils', 'lsb-release'],
    ],
    disabledUnits: LAB_RECIPE.disabledUnits.filter((unit) => !['haproxy.service', 'nginx.service'].includes(unit)),
    files: { ...LAB_RECIPE.files, '/etc/apt/sources.list': sourcesList(sources) },
  };
}
