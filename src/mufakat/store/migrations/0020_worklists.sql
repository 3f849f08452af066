-- A seller's open cases by urgency, and how many stand where: read and counted from the index alone. Partial, so that
-- closed cases, in time nearly all, cost it nothing.
CREATE INDEX cases_open_by_seller ON cases (marketplace, seller_id, due, case_id) INCLUDE (phases) WHERE is_open;
