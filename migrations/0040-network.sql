-- Networks: where addresses come from, who has which, and what machines are told of each network.

-- Addresses from one to another, both included. A range type of our own needs no extension for its exclusion constraints.
CREATE TYPE address_span AS RANGE (subtype = inet, multirange_type_name = address_spans);

-- RFC 4193: the 40 bits that tell the IPv6 networks of this installation from everybody else's, made once; and how many
-- subnet ids have been handed out. An id is never used again.
ALTER TABLE installation
  ADD COLUMN global_id text NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 10)
             CHECK (global_id ~ '^[0-9a-f]{10}$'),
  ADD COLUMN subnet_ids integer NOT NULL DEFAULT 0 CHECK (subnet_ids BETWEEN 0 AND 65535);

CREATE TABLE network (
  id                     uuid PRIMARY KEY,
  name                   text NOT NULL UNIQUE CHECK (name ~ '^[a-z][-_a-z0-9]{0,39}$'),
  description            text NOT NULL DEFAULT '',
  sort_order             integer NOT NULL DEFAULT 0,
  deployment_id          uuid NOT NULL REFERENCES deployments,
  -- network-<name>: a node that has it is on this network.
  role_id                uuid NOT NULL UNIQUE REFERENCES roles,
  category               text NOT NULL DEFAULT 'general' CHECK (category ~ '^[a-z][-_a-z0-9]{0,39}$'),
  group_name             text NOT NULL DEFAULT 'default' CHECK (group_name ~ '^[a-z][-_a-z0-9]{0,39}$'),
  conduit                text NOT NULL,
  vlan                   integer NOT NULL DEFAULT 0 CHECK (vlan BETWEEN 0 AND 4094),
  use_vlan               boolean NOT NULL DEFAULT false,
  use_bridge             boolean NOT NULL DEFAULT false,
  use_team               boolean NOT NULL DEFAULT false,
  team_mode              integer NOT NULL DEFAULT 5 CHECK (team_mode BETWEEN 0 AND 6),
  -- Whether Anneal configures it on nodes and gives out addresses by itself.
  configure              boolean NOT NULL DEFAULT true,
  -- The name of a routing table for policy routing.
  pbr                    text CHECK (pbr ~ '^[a-z][-_a-z0-9]{0,14}$'),
  v6_prefix              cidr CHECK (family(v6_prefix) = 6 AND masklen(v6_prefix) = 64),
  -- The subnet id of a prefix that Anneal made itself.
  v6_subnet_id           integer UNIQUE CHECK (v6_subnet_id BETWEEN 1 AND 65535),
  -- The broadcast domain; null: it follows from conduit and VLAN.
  link                   text CHECK (link ~ '^[A-Za-z0-9][-_.:,+?A-Za-z0-9]{0,62}$'),
  mtu                    integer CHECK (mtu BETWEEN 576 AND 65535),
  domain                 text NOT NULL DEFAULT '',
  name_servers           inet[] NOT NULL DEFAULT '{}',
  time_servers           inet[] NOT NULL DEFAULT '{}',
  -- [{"destination": cidr, "via": address}]: ways out beside the router's.
  routes                 jsonb NOT NULL DEFAULT '[]',
  dhcp                   text NOT NULL DEFAULT 'off' CHECK (dhcp IN ('serve', 'proxy', 'off')),
  pool_lease_seconds     integer NOT NULL CHECK (pool_lease_seconds BETWEEN 60 AND 31536000),
  reserved_lease_seconds integer NOT NULL CHECK (reserved_lease_seconds BETWEEN 60 AND 31536000),
  version                bigint NOT NULL DEFAULT 1,
  created_at             timestamptz NOT NULL DEFAULT now(),
  updated_at             timestamptz NOT NULL DEFAULT now(),
  CHECK (NOT use_vlan OR vlan > 0),
  CHECK (v6_subnet_id IS NULL OR v6_prefix IS NOT NULL)
);
CREATE INDEX network_deployment ON network (deployment_id);

CREATE TABLE network_range (
  id            uuid PRIMARY KEY,
  network_id    uuid NOT NULL REFERENCES network ON DELETE CASCADE,
  -- admin, host, host-v6: nodes get theirs from it. dhcp, dhcp-v6: for machines that nobody knows.
  name          text NOT NULL CHECK (name ~ '^[a-z][-_a-z0-9]{0,39}$'),
  first_address inet NOT NULL,
  last_address  inet NOT NULL,
  prefix_length integer NOT NULL,
  span          address_span NOT NULL GENERATED ALWAYS AS (address_span(first_address, last_address, '[]')) STORED,
  subnet        cidr NOT NULL GENERATED ALWAYS AS (network(set_masklen(first_address, prefix_length))) STORED,
  -- Another range may have the same addresses: for networks that Anneal only writes down.
  overlap       boolean NOT NULL DEFAULT false,
  -- Null: as the network says.
  conduit       text,
  vlan          integer CHECK (vlan BETWEEN 0 AND 4094),
  use_vlan      boolean,
  use_bridge    boolean,
  use_team      boolean,
  team_mode     integer CHECK (team_mode BETWEEN 0 AND 6),
  -- How many addresses nodes have of it: counted along, so that nobody counts ten thousand rows to give one address.
  allocated     integer NOT NULL DEFAULT 0 CHECK (allocated >= 0),
  version       bigint NOT NULL DEFAULT 1,
  UNIQUE (network_id, name),
  CHECK (family(first_address) = family(last_address)),
  CHECK (masklen(first_address) = CASE family(first_address) WHEN 4 THEN 32 ELSE 128 END),
  CHECK (masklen(last_address) = masklen(first_address)),
  CHECK (prefix_length BETWEEN 1 AND masklen(first_address)),
  CHECK (first_address <= last_address),
  CHECK (last_address <<= network(set_masklen(first_address, prefix_length))),
  CONSTRAINT network_range_apart EXCLUDE USING gist (span WITH &&) WHERE (NOT overlap)
);

-- What is free in a range, as few spans as possible: the lowest free address and the neighbours of one that comes back are
-- one look into the index each, however many are taken. Changed only under a lock of the range's row.
CREATE TABLE network_free (
  range_id      uuid NOT NULL REFERENCES network_range ON DELETE CASCADE,
  first_address inet NOT NULL,
  last_address  inet NOT NULL,
  PRIMARY KEY (range_id, first_address),
  CHECK (first_address <= last_address)
);

CREATE TABLE network_router (
  id         uuid PRIMARY KEY,
  network_id uuid NOT NULL REFERENCES network ON DELETE CASCADE,
  -- With its prefix length.
  address    inet NOT NULL,
  subnet     cidr NOT NULL GENERATED ALWAYS AS (network(address)) STORED,
  -- The lowest on a node is its default route.
  pref       integer NOT NULL DEFAULT 65536 CHECK (pref >= 0),
  version    bigint NOT NULL DEFAULT 1,
  UNIQUE (network_id, subnet)
);

CREATE TABLE network_allocation (
  id         uuid PRIMARY KEY,
  network_id uuid NOT NULL REFERENCES network,
  range_id   uuid NOT NULL REFERENCES network_range,
  -- A node that has addresses is not deleted before they have been given back.
  node_id    uuid NOT NULL REFERENCES nodes,
  address    inet NOT NULL CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END),
  -- Its range may share addresses with another.
  overlap    boolean NOT NULL DEFAULT false,
  -- How it was chosen: asked (by whoever allocated), hint, interface-id, like-admin, first-free.
  chosen     text NOT NULL CHECK (chosen IN ('asked', 'hint', 'interface-id', 'like-admin', 'first-free')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (range_id, node_id),
  UNIQUE (range_id, address)
);
CREATE UNIQUE INDEX network_allocation_once ON network_allocation (address) WHERE NOT overlap;
CREATE INDEX network_allocation_node ON network_allocation (node_id);
CREATE INDEX network_allocation_network ON network_allocation (network_id);
