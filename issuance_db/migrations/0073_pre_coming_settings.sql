-- A fee or a mayor that is still to come may be withdrawn: nothing was issued with it. What held on a day stays told.
SET LOCAL ROLE issuance_owner;
GRANT DELETE ON issuance.fee, issuance.mayor TO staff;
CREATE POLICY staff_withdraws ON issuance.fee AS RESTRICTIVE FOR DELETE TO staff
    USING (effective_from > (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date);
CREATE POLICY staff_withdraws ON issuance.mayor AS RESTRICTIVE FOR DELETE TO staff
    USING (effective_from > (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date);
