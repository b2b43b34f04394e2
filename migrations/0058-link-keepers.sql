-- Which netboot server gives out the addresses of a broadcast domain: two that did would promise one address twice.

CREATE TABLE dhcp_keeper (
  link      text PRIMARY KEY,
  server_id uuid NOT NULL REFERENCES netboot_server ON DELETE CASCADE,
  since     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dhcp_keeper_server ON dhcp_keeper (server_id);
