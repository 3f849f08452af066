-- First judgements by people that another agent judges once more without knowing the first. Docs: decisions/0030. That one
-- waits is a row of `work` (kind SAMPLE). Nothing here is of any consequence to the parties, and no words are kept.
-- `number`: the event of the first judgement. second_by, second_at: empty while it waits.
CREATE TABLE samples (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    matter integer NOT NULL,
    number integer NOT NULL,
    first_by text NOT NULL,
    first_at timestamptz NOT NULL,
    second_by text,
    second_at timestamptz,
    PRIMARY KEY (marketplace, order_id, case_id, matter)
);

CREATE INDEX samples_by_time ON samples (marketplace, first_at);

-- What both said, pair by pair: the decision of a line (item and party empty), or the value of a finding.
CREATE TABLE sample_values (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    matter integer NOT NULL,
    line_id text NOT NULL,
    party text NOT NULL,
    item text NOT NULL,
    reason text NOT NULL,
    first text NOT NULL,
    second text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, matter, line_id, party, item)
);
