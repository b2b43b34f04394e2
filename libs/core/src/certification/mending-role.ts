/**
 * Which role would mend what a cloud does not pass. Capabilities are called after the service they test, so the beginning
 * of the name decides; a profile whose names say nothing is judged by the project. Roles are those of the shipped
 * barclamps; null where none of them would help.
 */
export const mendingRole = (
  capability: { readonly name: string; readonly project: string | null },
  test: string | null = null,
): string | null => {
  if (test !== null && NEEDS_A_GUEST.some((name) => test.endsWith(name))) return 'tempest-client';
  return (
    BY_CAPABILITY.find(([beginning]) => capability.name.startsWith(beginning))?.[1] ??
    BY_PROJECT.get(capability.project?.toLowerCase() ?? '') ??
    BY_MODULE.find(([beginning]) => test?.startsWith(beginning))?.[1] ??
    null
  );
};

/** Tests that log in to a guest and know no other way: they want an image that boots, which the tester's role uploads. */
const NEEDS_A_GUEST = ['.test_host_name_is_same_as_server_name', '.test_verify_created_server_vcpus'];

/** Longer beginnings before the shorter ones that they begin with. */
const BY_CAPABILITY: readonly (readonly [string, string])[] = [
  ['identity-', 'keystone'],
  ['auth-', 'keystone'],
  ['images-', 'glance-api'],
  ['image-', 'glance-api'],
  ['compute-images', 'nova-compute'],
  ['compute-volume', 'cinder-volume'],
  ['compute-servers', 'nova-compute'],
  ['compute-', 'nova-api'],
  ['networks-l3', 'neutron-l3'],
  ['network-l3', 'neutron-l3'],
  ['networks-', 'neutron-server'],
  ['network-', 'neutron-server'],
  ['volumes-', 'cinder-volume'],
  ['volume', 'cinder-volume'],
  ['objectstore-', 'swift-proxy'],
  ['object-', 'swift-proxy'],
];

const BY_PROJECT: ReadonlyMap<string, string> = new Map([
  ['keystone', 'keystone'],
  ['glance', 'glance-api'],
  ['nova', 'nova-api'],
  ['neutron', 'neutron-server'],
  ['cinder', 'cinder-volume'],
  ['swift', 'swift-proxy'],
]);

const BY_MODULE: readonly (readonly [string, string])[] = [
  ['tempest.api.identity.', 'keystone'],
  ['tempest.api.image.', 'glance-api'],
  ['tempest.api.compute.', 'nova-api'],
  ['tempest.api.network.', 'neutron-server'],
  ['tempest.api.volume.', 'cinder-volume'],
  ['tempest.api.object_storage.', 'swift-proxy'],
];
