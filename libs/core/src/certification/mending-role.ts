/**
 * Which role would mend what a cloud does not pass. Capabilities are called after the service they test, so the beginning
 * of the name decides; a profile whose names say nothing is judged by the project. Roles are those of the shipped
 * barclamps; null where none of them would help.
 */
export const mendingRole = (
  capability: { readonly name: string; readonly project: string | null },
  test: string | null = null,
): string | null => {
  return (
    BY_TEST.find(([ending]) => test?.endsWith(ending))?.[1] ??
    BY_CAPABILITY.find(([beginning]) => capability.name.startsWith(beginning))?.[1] ??
    BY_PROJECT.get(capability.project?.toLowerCase() ?? '') ??
    BY_MODULE.find(([beginning]) => test?.startsWith(beginning))?.[1] ??
    null
  );
};

/**
 * Tests that want something of their own: to log in to a guest, for which the tester's role uploads an image that boots,
 * or to see the network that leads outside.
 */
const BY_TEST: readonly (readonly [string, string])[] = [
  ['.test_host_name_is_same_as_server_name', 'tempest-client'],
  ['.test_verify_created_server_vcpus', 'tempest-client'],
  ['.test_external_network_visibility', 'neutron-networks'],
];

/** Longer beginnings before the shorter ones that they begin with. */
const BY_CAPABILITY: readonly (readonly [string, string])[] = [
  ['identity-', 'keystone'],
  ['auth-', 'keystone'],
  ['images-', 'glance-api'],
  ['image-', 'glance-api'],
  ['compute-images', 'nova-compute'],
  ['compute-volume', 'cinder-volume-rbd'],
  ['compute-servers', 'nova-compute'],
  ['compute-', 'nova-api'],
  ['networks-l3', 'neutron-agents'],
  ['network-l3', 'neutron-agents'],
  ['networks-', 'neutron-server'],
  ['network-', 'neutron-server'],
  ['volumes-', 'cinder-volume-rbd'],
  ['volume', 'cinder-volume-rbd'],
  ['objectstore-', 'swift-proxy'],
  ['object-', 'swift-proxy'],
];

const BY_PROJECT: ReadonlyMap<string, string> = new Map([
  ['keystone', 'keystone'],
  ['glance', 'glance-api'],
  ['nova', 'nova-api'],
  ['neutron', 'neutron-server'],
  ['cinder', 'cinder-volume-rbd'],
  ['swift', 'swift-proxy'],
]);

const BY_MODULE: readonly (readonly [string, string])[] = [
  ['tempest.api.identity.', 'keystone'],
  ['tempest.api.image.', 'glance-api'],
  ['tempest.api.compute.', 'nova-api'],
  ['tempest.api.network.', 'neutron-server'],
  ['tempest.api.volume.', 'cinder-volume-rbd'],
  ['tempest.api.object_storage.', 'swift-proxy'],
];

/** Every role that may be named. */
export const MENDING_ROLES: readonly string[] = [
  ...new Set([...BY_TEST, ...BY_CAPABILITY, ...BY_PROJECT, ...BY_MODULE].map(([, role]) => role)),
];
