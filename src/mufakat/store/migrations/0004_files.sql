-- Files of supporting material: who uploaded what for which order. The bytes are in the folder or object store, under
-- `place`, encrypted under a key of their own, wrapped by the master key named in wrapped_by. A row is written only when
-- its bytes are durably there.
--
-- digest is the SHA-256 (hex) of the plain bytes; size is their number. type was found in the content, claimed_type is
-- what the sender said. used_at is when the file was last uploaded or named in a command, by the machine's clock.
-- `named`: it is known to be an exhibit of a case, so the sweep need not look again. Forgetting empties `wrapped` and sets
-- used_at to the epoch; the sweep then removes bytes and row.
CREATE TABLE files (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    giver_role text NOT NULL,
    giver_id text NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    claimed_type text NOT NULL,
    type text NOT NULL,
    place text NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    put_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    named boolean NOT NULL DEFAULT false,
    PRIMARY KEY (marketplace, order_id, giver_role, giver_id, digest)
);

-- The sweep, oldest first. Partial, so that what is in a case costs it nothing.
CREATE INDEX files_to_sweep ON files (used_at) WHERE NOT named;
-- Which of the bytes that are there have a row.
CREATE UNIQUE INDEX files_by_place ON files (marketplace, place);
