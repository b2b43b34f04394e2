-- How the BMC of a node is logged in to, and what hardware roles found out with it.

CREATE TABLE bmcs (
  node_id       uuid PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
  address       inet NOT NULL,
  -- Which ways it is used by, of redfish and ipmi.
  protocols     text[] NOT NULL CHECK (protocols <@ ARRAY['redfish', 'ipmi'] AND cardinality(protocols) BETWEEN 1 AND 2),
  redfish_port  integer NOT NULL DEFAULT 443 CHECK (redfish_port BETWEEN 1 AND 65535),
  ipmi_port     integer NOT NULL DEFAULT 623 CHECK (ipmi_port BETWEEN 1 AND 65535),
  cipher_suite  integer NOT NULL DEFAULT 3 CHECK (cipher_suite BETWEEN 0 AND 255),
  user_name     text NOT NULL,
  -- Sealed with the key of the installation, which is not in here.
  password      text NOT NULL CHECK (password LIKE 'v1.%'),
  -- SHA-256 of its TLS certificate, hex; null until the first contact.
  certificate   text CHECK (certificate ~ '^[0-9a-f]{64}$'),
  -- Path of the ComputerSystem, for a service that has several.
  system_path   text,
  -- Who wrote it: an operator, or the role bmc-configure.
  origin        text NOT NULL CHECK (origin IN ('operator', 'configured')),
  -- When a login last succeeded with just this.
  verified_at   timestamptz,
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);
-- Two nodes with the same BMC would switch each other off. A service with several systems is told apart by the path.
CREATE UNIQUE INDEX bmcs_one_machine ON bmcs (address, redfish_port, ipmi_port, coalesce(system_path, ''));
