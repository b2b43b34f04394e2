-- Networks where the port of the switch says who asks: the circuit that a DHCP relay tells (RFC 3046).

ALTER TABLE network ADD COLUMN by_circuit boolean NOT NULL DEFAULT false;
