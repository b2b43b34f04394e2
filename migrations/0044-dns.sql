-- Names: how addresses of machines get theirs, what somebody wrote beside them, and the servers elsewhere that are kept
-- the same. What is served follows from these rows and those of machines and networks; it is stored nowhere.

CREATE TABLE dns_zones (
  id          uuid PRIMARY KEY,
  -- Lower case, without a dot at the end; the root is a single dot.
  domain      text NOT NULL UNIQUE CHECK (domain = lower(domain) AND (domain = '.' OR domain !~ '(^|\.)(\.|$)') AND length(domain) BETWEEN 1 AND 253),
  ttl         integer NOT NULL DEFAULT 300 CHECK (ttl BETWEEN 1 AND 604800),
  -- `address` or `address#port`: where questions go that nothing here answers.
  forwarders  text[] NOT NULL DEFAULT '{}',
  -- Names of networks: whose clients are answered, and whose are forwarded. Empty: all.
  clients     text[] NOT NULL DEFAULT '{}',
  forward_for text[] NOT NULL DEFAULT '{}',
  version     bigint NOT NULL DEFAULT 1
);

CREATE TABLE dns_records (
  id      uuid PRIMARY KEY,
  zone_id uuid NOT NULL REFERENCES dns_zones ON DELETE CASCADE,
  -- Relative to the zone; `@` is the zone itself.
  name    text NOT NULL CHECK (name = lower(name)),
  type    text NOT NULL CHECK (type IN ('A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'SRV', 'MX', 'NS')),
  -- Null: that of the zone.
  ttl     integer CHECK (ttl BETWEEN 1 AND 604800),
  value   text NOT NULL CHECK (length(value) BETWEEN 1 AND 2000),
  version bigint NOT NULL DEFAULT 1,
  UNIQUE (zone_id, name, type, value)
);
-- An alias stands alone (RFC 1034 §3.6.2); that nothing else is beside it the use case sees to.
CREATE UNIQUE INDEX dns_records_one_alias ON dns_records (zone_id, name) WHERE type = 'CNAME';

CREATE TABLE dns_filters (
  id       uuid PRIMARY KEY,
  name     text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  -- Lower ones first: the first that matches also gives the name that an address leads back to.
  priority integer NOT NULL DEFAULT 50,
  matcher  text NOT NULL CHECK (length(matcher) <= 1000),
  template text NOT NULL CHECK (length(template) BETWEEN 1 AND 255),
  clients  text[] NOT NULL DEFAULT '{}',
  version  bigint NOT NULL DEFAULT 1
);
-- Every machine is found by its own name at its address of the admin network, unless somebody wants it otherwise.
INSERT INTO dns_filters (id, name, matcher, template)
VALUES ('00000000-0000-7000-8000-000000000d15', 'default', 'net.category == "admin"', '{{node.name}}');

-- Servers that take updates (RFC 2136), signed (RFC 8945).
CREATE TABLE dns_servers (
  id            uuid PRIMARY KEY,
  name          text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  address       text NOT NULL,
  port          integer NOT NULL DEFAULT 53 CHECK (port BETWEEN 1 AND 65535),
  -- Domains that it is primary for and that are kept the same there.
  zones         text[] NOT NULL DEFAULT '{}',
  key_name      text NOT NULL,
  key_algorithm text NOT NULL DEFAULT 'hmac-sha256' CHECK (key_algorithm IN ('hmac-sha256', 'hmac-sha384', 'hmac-sha512')),
  -- Base64. Not part of any answer.
  key_secret    text NOT NULL,
  active        boolean NOT NULL DEFAULT true,
  -- What the last look at it found.
  checked_at    timestamptz,
  settled_at    timestamptz,
  generation    bigint NOT NULL DEFAULT 0,
  failures      integer NOT NULL DEFAULT 0,
  retry_at      timestamptz,
  last_error    text NOT NULL DEFAULT '',
  version       bigint NOT NULL DEFAULT 1
);
-- What we have put there: only that is ever taken away. Written before the server is asked, so that nothing we made can
-- be forgotten.
CREATE TABLE dns_server_records (
  server_id uuid NOT NULL REFERENCES dns_servers ON DELETE CASCADE,
  zone      text NOT NULL,
  name      text NOT NULL,
  type      text NOT NULL,
  value     text NOT NULL,
  PRIMARY KEY (server_id, zone, name, type, value)
);

-- Services that are there already and take the place of ours.
CREATE TABLE external_services (
  id        uuid PRIMARY KEY,
  name      text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$'),
  kind      text NOT NULL CHECK (kind IN ('dns', 'ntp', 'dhcp')),
  addresses text[] NOT NULL DEFAULT '{}',
  -- Names of networks; empty: all.
  networks  text[] NOT NULL DEFAULT '{}',
  version   bigint NOT NULL DEFAULT 1
);
