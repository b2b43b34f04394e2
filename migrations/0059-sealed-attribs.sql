-- How the value of a secret attribute is made where no layer has one: {length, alphabet}. Null: it is not made.
ALTER TABLE attribs ADD COLUMN generate jsonb CHECK (generate IS NULL OR (jsonb_typeof(generate) = 'object' AND secret));
