-- Staff renew and stop credentials. Acts are named by the program; a list of them here would have to be written anew with each.
SET LOCAL ROLE history_owner;

ALTER TABLE history.staff_act DROP CONSTRAINT staff_act_act_check;
ALTER TABLE history.staff_act ADD CONSTRAINT staff_act_act_check CHECK (act ~ '^[a-z_]{1,30}$');
