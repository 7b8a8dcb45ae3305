-- A duty of its own for My Numbers (個人番号), given beside another: whoever has it searches by them and prints them on what the law wants them on.
SET LOCAL ROLE issuance_owner;
ALTER TABLE issuance.staff_account DROP CONSTRAINT staff_account_duties_check;
ALTER TABLE issuance.staff_account ADD CONSTRAINT staff_account_duties_check CHECK (
    cardinality(duties) > 0
    AND duties <@ ARRAY['counter', 'reconciliation', 'supervisor', 'administrator', 'auditor', 'contractor', 'my_number']
);
