-- What was made of uploaded files for others to see (a copy without metadata, a small picture, stills, pages), and what
-- only agents may know of them (FACTS). Bytes are where those of files are, each under a key of its own; rows are written
-- with the file's own row, and a forgotten file's have no keys.
--
-- size in bytes, sides in pixels, at_ms: the moment of a still in its film. fingerprint: PDQ, 256 bits, with its quality.
CREATE TABLE derivatives (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    giver_role text NOT NULL,
    giver_id text NOT NULL,
    digest text NOT NULL,
    number integer NOT NULL,
    made text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    at_ms bigint NOT NULL,
    place text NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    fingerprint bytea,
    quality integer NOT NULL,
    PRIMARY KEY (marketplace, order_id, giver_role, giver_id, digest, number)
);

-- Which of the bytes that are there have a row.
CREATE UNIQUE INDEX derivatives_by_place ON derivatives (marketplace, place);

-- Agents who opened an original, and why. Rows are only ever added; forgetting a case empties reason and key.
CREATE TABLE openings (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    opening_id text NOT NULL,
    exhibit integer NOT NULL,
    digest text NOT NULL,
    agent_id text NOT NULL,
    at timestamptz NOT NULL,
    reason bytea NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, opening_id)
);
