-- Images: what machines can be given as their operating system. Their content lies with the boot files, under its digest.

CREATE TABLE images (
  id          uuid PRIMARY KEY,
  -- What the attribute target-os names.
  name        text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][-_.a-z0-9]{0,62}$'),
  description text NOT NULL DEFAULT '',
  -- image: content that is written to the disk. installer: a system that installs, booted from its boot environment.
  kind        text NOT NULL CHECK (kind IN ('image', 'installer')),
  -- {family, version, codename, arch}
  os          jsonb NOT NULL CHECK (jsonb_typeof(os) = 'object'),
  sha256      text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- As it is sent, and once unpacked.
  bytes       bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  raw_bytes   bigint NOT NULL DEFAULT 0 CHECK (raw_bytes >= 0),
  compression text NOT NULL DEFAULT 'zstd' CHECK (compression IN ('zstd', 'none')),
  layouts     text[] NOT NULL CHECK (layouts <@ ARRAY['plain', 'lvm', 'raid1'] AND cardinality(layouts) > 0),
  firmware    text[] NOT NULL CHECK (firmware <@ ARRAY['bios', 'uefi'] AND cardinality(firmware) > 0),
  bootenv     text NOT NULL,
  -- Why it cannot be installed now, as it was found last.
  errors      text[] NOT NULL DEFAULT '{}',
  version     bigint NOT NULL DEFAULT 1,
  -- An image is its content; an installer has none.
  CHECK ((kind = 'image') = (sha256 IS NOT NULL)),
  CHECK (kind = 'installer' OR (bytes > 0 AND raw_bytes > 0))
);
