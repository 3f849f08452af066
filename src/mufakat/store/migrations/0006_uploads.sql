-- Files on their way in that may come in pieces, over a connection that breaks: what has arrived so far, and where it is.
-- Each part has a key of its own. An upload ends as a row of `files` (then `digest` is set, and its parts are dropped), or
-- is swept after `until`.
CREATE TABLE uploads (
    marketplace text NOT NULL,
    upload_id text NOT NULL,
    order_id text NOT NULL,
    giver_role text NOT NULL,
    giver_id text NOT NULL,
    length bigint NOT NULL,
    received bigint NOT NULL,
    parts integer NOT NULL,
    claimed_type text NOT NULL,
    claimed_digest text NOT NULL,
    digest text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (marketplace, upload_id)
);

-- A giver's uploads of an order that are not whole yet.
CREATE INDEX uploads_by_giver ON uploads (marketplace, order_id, giver_role, giver_id);
-- The sweep.
CREATE INDEX uploads_to_sweep ON uploads (until);

CREATE TABLE upload_parts (
    marketplace text NOT NULL,
    upload_id text NOT NULL,
    number integer NOT NULL,
    place text NOT NULL,
    size bigint NOT NULL,
    wrapped bytea NOT NULL,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, upload_id, number)
);

-- Which of the bytes that are there have a row.
CREATE UNIQUE INDEX upload_parts_by_place ON upload_parts (marketplace, place);
