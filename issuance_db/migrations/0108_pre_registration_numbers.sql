-- `registration/N` stands for a koseki access registration where a 宛名番号 stands otherwise: no source may have it as a person's number.
SET LOCAL ROLE issuance_owner;
ALTER TABLE issuance.resident_record ADD CHECK (NOT starts_with(person_number, 'registration/'));
ALTER TABLE issuance.credential ADD CHECK (NOT starts_with(person_number, 'registration/'));
ALTER TABLE issuance.user_id ADD CHECK (NOT starts_with(person_number, 'registration/'));
ALTER TABLE issuance.koseki_member ADD CHECK (NOT starts_with(person_number, 'registration/'));
