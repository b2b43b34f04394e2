-- What each netboot server seals the tickets of boots with: a machine shows its ticket to the API, which finds the key here.

ALTER TABLE netboot_server ADD COLUMN ticket_key text NOT NULL DEFAULT '';
