-- The netboot servers with what their copies of the boot view have taken in, and a copy of the leases that they gave.

CREATE TABLE netboot_server (
  -- Made once for each ANNEAL_HOME.
  id          uuid PRIMARY KEY,
  host        text NOT NULL,
  addresses   inet[] NOT NULL DEFAULT '{}',
  -- [{"service": "dhcp4", "state": "serving", "says": "…"}]
  services    jsonb NOT NULL DEFAULT '[]',
  -- The last event that its copy of the boot view has taken in, on its disk too.
  generation  bigint NOT NULL DEFAULT 0,
  -- Where servers ask it what came by the wire, and with which key.
  control_url text NOT NULL DEFAULT '',
  control_key text NOT NULL DEFAULT '',
  started_at  timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL DEFAULT now(),
  -- Set when it was told to stop: nobody waits for it then. One that fell silent without it is missed.
  stopped_at  timestamptz
) WITH (fillfactor = 50);

-- Leases are durable with the netboot server that gives them; this is what everybody can see. Network and node are not
-- referenced: a lease outlives them, and a copy must not fail.
CREATE TABLE dhcp_lease (
  address     inet PRIMARY KEY,
  network_id  uuid NOT NULL,
  holder      text NOT NULL,
  mac         text,
  node_id     uuid,
  hostname    text,
  state       text NOT NULL CHECK (state IN ('bound', 'released', 'declined')),
  since       timestamptz NOT NULL,
  until       timestamptz NOT NULL,
  server_id   uuid NOT NULL,
  -- When its server wrote it: of two copies the later one counts.
  recorded_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX dhcp_lease_node ON dhcp_lease (node_id);
CREATE INDEX dhcp_lease_mac ON dhcp_lease (mac);
CREATE INDEX dhcp_lease_server ON dhcp_lease (server_id);
