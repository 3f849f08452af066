-- Signals for agents: what shows that a picture, a text or a tracking number was there before. Docs: decisions, 0018.
-- All of it is derived, and purged with the file or the case that it comes from.

-- Fingerprints of pictures (PDQ, 256 bits): of a photo, of each key frame of a film, of each page of a document; `part`
-- counts them from 0. Only those that are fit for likeness are here (quality 50 and more).
CREATE TABLE file_prints (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    giver_role text NOT NULL,
    digest text NOT NULL,
    part integer NOT NULL,
    bits bit(256) NOT NULL,
    PRIMARY KEY (marketplace, order_id, giver_role, digest, part)
);

-- What a file says of itself: when the picture was taken (taken_at where the zone is known, taken_local by the clock of the
-- camera), and its content credentials (C2PA) as the application wrote them.
CREATE TABLE file_facts (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    giver_role text NOT NULL,
    digest text NOT NULL,
    taken_at timestamptz,
    taken_local timestamp,
    credentials bytea,
    PRIMARY KEY (marketplace, order_id, giver_role, digest)
);

-- Fingerprints of statements of twelve words and more, keyed by the master key: without it they tell nothing. `number` is
-- that of the event that carries the text, `exhibit` that of the material with it, 0 for none.
CREATE TABLE text_prints (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    exhibit integer NOT NULL,
    giver_role text NOT NULL,
    bits bit(256) NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number)
);

-- Tracking numbers that were named, as keyed hashes; `number` is that of the event, 0 for a scan of the order's parcel,
-- `exhibit` that of the material, 0 where something was shipped.
CREATE TABLE trackings (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    exhibit integer NOT NULL,
    giver_role text NOT NULL,
    tracking bytea NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number, tracking)
);

CREATE INDEX trackings_by_number ON trackings (marketplace, tracking);
-- The same bytes in another order.
CREATE INDEX files_by_digest ON files (marketplace, digest);

-- Up to which event the texts and tracking numbers of a case are noted. A forgotten case is noted to the largest number,
-- so that nobody notes it again.
CREATE TABLE noted (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id)
);

-- Where noting goes on: cases that changed before this moment (the marketplace's clock) are noted.
CREATE TABLE noted_until (
    marketplace text PRIMARY KEY,
    changed_at timestamptz NOT NULL
);

-- Near search (store/near.py). Two fingerprints that differ in at most 31 bits differ in at most 2 bits in one of the
-- first ten bands, or in at most 1 in the last: else they would differ in 10 * 3 + 2 = 32. So looking up every value so
-- close to each band of what is sought finds all there are.
CREATE INDEX file_prints_1 ON file_prints (marketplace, (substring(bits, 1, 23)::integer));
CREATE INDEX file_prints_2 ON file_prints (marketplace, (substring(bits, 24, 23)::integer));
CREATE INDEX file_prints_3 ON file_prints (marketplace, (substring(bits, 47, 23)::integer));
CREATE INDEX file_prints_4 ON file_prints (marketplace, (substring(bits, 70, 23)::integer));
CREATE INDEX file_prints_5 ON file_prints (marketplace, (substring(bits, 93, 23)::integer));
CREATE INDEX file_prints_6 ON file_prints (marketplace, (substring(bits, 116, 23)::integer));
CREATE INDEX file_prints_7 ON file_prints (marketplace, (substring(bits, 139, 23)::integer));
CREATE INDEX file_prints_8 ON file_prints (marketplace, (substring(bits, 162, 23)::integer));
CREATE INDEX file_prints_9 ON file_prints (marketplace, (substring(bits, 185, 24)::integer));
CREATE INDEX file_prints_10 ON file_prints (marketplace, (substring(bits, 209, 24)::integer));
CREATE INDEX file_prints_11 ON file_prints (marketplace, (substring(bits, 233, 24)::integer));
CREATE INDEX text_prints_1 ON text_prints (marketplace, (substring(bits, 1, 23)::integer));
CREATE INDEX text_prints_2 ON text_prints (marketplace, (substring(bits, 24, 23)::integer));
CREATE INDEX text_prints_3 ON text_prints (marketplace, (substring(bits, 47, 23)::integer));
CREATE INDEX text_prints_4 ON text_prints (marketplace, (substring(bits, 70, 23)::integer));
CREATE INDEX text_prints_5 ON text_prints (marketplace, (substring(bits, 93, 23)::integer));
CREATE INDEX text_prints_6 ON text_prints (marketplace, (substring(bits, 116, 23)::integer));
CREATE INDEX text_prints_7 ON text_prints (marketplace, (substring(bits, 139, 23)::integer));
CREATE INDEX text_prints_8 ON text_prints (marketplace, (substring(bits, 162, 23)::integer));
CREATE INDEX text_prints_9 ON text_prints (marketplace, (substring(bits, 185, 24)::integer));
CREATE INDEX text_prints_10 ON text_prints (marketplace, (substring(bits, 209, 24)::integer));
CREATE INDEX text_prints_11 ON text_prints (marketplace, (substring(bits, 233, 24)::integer));
