-- The inbox is read by people. lapse: what silence until the due moment means, empty where it means nothing. cause: the
-- number of the first event of the command that told of it, 0 in rows from before; among: of how many notices to the
-- same recipient.
ALTER TABLE inbox ADD COLUMN lapse text NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN cause integer NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN among integer NOT NULL DEFAULT 1;

-- How far a party has read its inbox: up to what was placed at that moment (the marketplace's time).
CREATE TABLE inbox_reads (
    marketplace text NOT NULL,
    to_role text NOT NULL,
    to_id text NOT NULL,
    read_until timestamptz NOT NULL,
    PRIMARY KEY (marketplace, to_role, to_id)
);
