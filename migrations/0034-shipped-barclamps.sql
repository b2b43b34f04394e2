-- What became of the barclamps that come with Anneal: a later version replaces one that is still as it was imported from
-- here, and leaves one alone that somebody has put their own in the place of, or has deleted.
CREATE TABLE shipped_barclamps (
  name     text PRIMARY KEY,
  -- Digest of its files as they were at the last start: equal ones need not be read.
  source   text NOT NULL,
  -- Digest of the document that was imported from them; null when it never was.
  imported text
);
