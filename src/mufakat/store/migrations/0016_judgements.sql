-- What was judged, line by line, for counting how judgements fare. Docs: decisions/0030. Made of the log, in the same
-- statement as the events; `mufakat rebuild` makes the rows of cases that were there before. Rows are only ever added:
-- whether a judgement stood is read from the rows about the same goods after it.
--
-- `number` is the event's, `units` the line's units by number, `dispute` the how-manieth of these goods. `decision`, `kind`
-- and `amount` (minor units) say what was decided; SENT_BACK decides nothing. `automatic`: no person judged. `waited_from`:
-- since when it had waited (the dispute or the appeal was raised).
CREATE TABLE judgements (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    line_id text NOT NULL,
    units text NOT NULL,
    matter integer NOT NULL,
    dispute integer NOT NULL,
    step text NOT NULL CHECK (step IN ('JUDGED', 'AGAIN', 'APPEAL', 'SENT_BACK', 'COURT')),
    decision text,
    rule text NOT NULL,
    kind text,
    amount bigint NOT NULL,
    reason text NOT NULL,
    category text NOT NULL,
    judged_by text NOT NULL,
    automatic boolean NOT NULL,
    judged_at timestamptz NOT NULL,
    waited_from timestamptz,
    PRIMARY KEY (marketplace, order_id, case_id, number, line_id),
    CHECK ((decision IS NULL) = (step = 'SENT_BACK'))
);

-- The judgements of a period.
CREATE INDEX judgements_by_time ON judgements (marketplace, judged_at);
