-- What carriers report about parcels, and which order a number belongs to.

-- A number that the marketplace gave an order's own parcel. Numbers of returns and of goods sent out are named in cases, and
-- found in `trackings`. number: the keyed hash under which such a number stands there too; tracking: as it was written.
CREATE TABLE parcels (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    number bytea NOT NULL,
    tracking text NOT NULL,
    put_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, order_id, number)
);
CREATE INDEX parcels_by_number ON parcels (marketplace, number);

-- Scans as they were heard, each once. WAITING for its order or for the next try, TOLD to the orders in `told` (joined by
-- the unit separator, chr(31)), or GIVEN_UP with why. Swept some weeks after they were heard, by the machine's clock.
CREATE TABLE carrier_scans (
    marketplace text NOT NULL,
    number bytea NOT NULL,
    carrier text NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    tracking text NOT NULL,
    grams integer,
    place text NOT NULL,
    heard_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'TOLD', 'GIVEN_UP')),
    attempts integer NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL,
    told text NOT NULL DEFAULT '',
    why text NOT NULL DEFAULT '',
    PRIMARY KEY (marketplace, number, carrier, kind, at)
);
CREATE INDEX carrier_scans_due ON carrier_scans (next_try) WHERE state = 'WAITING';
-- What nobody knows, newest first.
CREATE INDEX carrier_scans_left ON carrier_scans (marketplace, heard_at) WHERE state <> 'TOLD';
-- The sweep.
CREATE INDEX carrier_scans_by_age ON carrier_scans (heard_at);
