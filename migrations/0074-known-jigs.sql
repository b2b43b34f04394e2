-- Whether a process that can carry the jig out was ever there, or somebody has switched it. One that only a barclamp names is
-- switched on by the first start of a process that can.
ALTER TABLE jigs ADD COLUMN known boolean NOT NULL DEFAULT true;
