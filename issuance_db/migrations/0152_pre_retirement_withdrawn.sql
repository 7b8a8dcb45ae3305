-- A kind that is to be given up is kept after all, until its last day is over: from then on it was refused, and that is not undone.
SET LOCAL ROLE issuance_owner;
GRANT DELETE ON issuance.kind_retirement TO staff;
CREATE POLICY staff_withdraws ON issuance.kind_retirement AS RESTRICTIVE FOR DELETE TO staff
    USING (last_day >= (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date);
