"""One way to break the books for each rule, as only a superuser without triggers and keys can."""

from collections.abc import Mapping
from typing import Final

_REWRITE: Final = """
    UPDATE history.transition AS t SET digest = history.step_digest(t.previous_digest, t.salt,
        ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code, t.issuance_number, t.happened_at)
"""
_CHAIN_AGAIN: Final = """
    DO $$
    DECLARE s record; before bytea;
    BEGIN
        FOR s IN SELECT * FROM history.transition ORDER BY caller_id, call, request_id, step LOOP
            before := CASE WHEN s.step = 1 THEN '' ELSE before END;
            UPDATE history.transition AS t SET previous_digest = before, digest = history.step_digest(before, t.salt,
                ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code, t.issuance_number, t.happened_at)
            WHERE t.caller_id = s.caller_id AND t.call = s.call AND t.request_id = s.request_id AND t.step = s.step
            RETURNING t.digest INTO before;
        END LOOP;
    END $$
"""
_NO_ISSUANCE: Final = """
    DELETE FROM history.issuance WHERE issuance_number = '{answered}';
    DELETE FROM history.issuance_subject WHERE issuance_number = '{answered}';
    DELETE FROM history.outcome WHERE issuance_number = '{answered}'
"""
_NO_INTENT: Final = """
    DELETE FROM issuance.intent WHERE issuance_number = '{answered}';
    DELETE FROM issuance.intent_subject WHERE issuance_number = '{answered}';
    DELETE FROM issuance.seal_place WHERE issuance_number = '{answered}';
    DELETE FROM issuance.kept_answer WHERE issuance_number = '{answered}'
"""


def _renumber(number: str, new: str) -> str:
    tables = ("issuance.intent", "issuance.intent_subject", "issuance.seal_place", "history.transition")
    changes = (f"UPDATE {table} SET issuance_number = {new} WHERE issuance_number = '{number}'" for table in tables)
    return ";".join((*changes, _CHAIN_AGAIN))


BREAKS: Final[Mapping[str, str]] = {
    "issuance_without_recorded_intent": _NO_INTENT,
    "recorded_intent_without_issuance": _NO_ISSUANCE,
    "issuance_differs_from_intent": "UPDATE history.issuance SET fee_yen = 300 WHERE issuance_number = '{answered}'",
    "digest_missing": "UPDATE history.issuance SET file_digest = '' WHERE issuance_number = '{answered}'",
    "issuance_without_answer": "UPDATE issuance.request SET state = 'abandoned', result_code = 'timed_out', issuance_number = NULL "
    "WHERE issuance_number = '{answered}'",
    "answer_without_issuance": f"{_NO_ISSUANCE};{_NO_INTENT}",
    "recorded_twice": "UPDATE issuance.intent SET state = 'recorded', document_digest = '', permitted_at = ended_at, request_id = "
    "(SELECT request_id FROM issuance.intent WHERE issuance_number = '{answered}') WHERE issuance_number = '{void}'",
    "intent_without_request": "DELETE FROM issuance.request WHERE request_id = 'crashed'",
    "kept_without_record": "UPDATE issuance.kept_answer SET pages = 9 WHERE issuance_number = '{answered}'",
    "subjects_differ": "UPDATE history.issuance_subject SET person_number = '201' WHERE issuance_number = '{answered}' AND position = 2",
    "sources_differ": "INSERT INTO history.issuance_source VALUES ('092029', '{answered}', 'seal', 1, now(), interval '0')",
    "koseki_persons_differ": "INSERT INTO issuance.intent_koseki_person VALUES ('092029', '{answered}', 1, 'k', '101')",
    "koseki_person_suppressed_but_issued": "INSERT INTO issuance.intent_koseki_person VALUES ('092029', '{answered}', 1, 'k', '101'); "
    "INSERT INTO history.issuance_koseki_person VALUES ('092029', '{answered}', 1, 'k', '101'); "
    "INSERT INTO issuance.koseki_suppression VALUES ('092029', 'k', 'staff', '2026-01-01')",
    "shows_nobody": "DELETE FROM history.issuance_subject WHERE issuance_number = '{by_session}'; "
    "DELETE FROM issuance.intent_subject WHERE issuance_number = '{by_session}'",
    "not_accepted_but_issued": "INSERT INTO issuance.intent_koseki_person VALUES ('092029', '{answered}', 1, 'k', NULL); "
    "INSERT INTO history.issuance_koseki_person VALUES ('092029', '{answered}', 1, 'k', NULL, 77)",
    "suppressed_but_issued": "UPDATE issuance.suppression SET since = since - interval '1 day'",
    "held_back_but_issued": "INSERT INTO issuance.person_held_back VALUES ('092029', '103', 'doubt', 'staff', '2026-01-01')",
    "record_ahead_of_registry": "UPDATE issuance.resident_key SET person_sequence = 99 WHERE person_number = '102'",
    "not_in_register": "INSERT INTO issuance.resident_key VALUES ('092029', '998', '998', 1, true, NULL, 1, 1)",
    "household_incomplete": "DELETE FROM issuance.resident_key WHERE person_number = '102'",
    "number_malformed": _renumber("{void}", "left(issuance_number, 20) || '-X'"),
    "number_twice": _renumber("{void}", "'{twin}'"),
    "number_still_to_come": "ALTER SEQUENCE issuance.issuance_number RESTART WITH 5",
    "attempt_without_seal_place": "DELETE FROM issuance.seal_place WHERE issuance_number = '{answered}'",
    "seal_place_twice": "ALTER TABLE issuance.seal_place DROP CONSTRAINT seal_place_pkey; UPDATE issuance.seal_place SET status_index = "
    "(SELECT status_index FROM issuance.seal_place WHERE issuance_number = '{answered}') WHERE issuance_number = '{void}'",
    "seal_place_of_nothing": "INSERT INTO issuance.seal_place SELECT municipality_code, status_list, (status_index + 1) % 262144, "
    "status_secret, '20261123-01-99999999-0' FROM issuance.seal_place WHERE issuance_number = '{answered}'",
    "seal_place_of_another_month": "UPDATE issuance.seal_place SET status_list = '2020-01' WHERE issuance_number = '{answered}'",
    "last_step_disagrees": "DELETE FROM history.transition WHERE request_id = 'menu-1' AND state = 'answered'",
    "attempt_steps_disagree": "UPDATE issuance.intent SET permitted_at = ended_at WHERE issuance_number = '{void}'",
    "step_of_nothing": "INSERT INTO history.transition (municipality_code, caller_id, call, request_id, step, state, happened_at, salt, "
    f"previous_digest, digest) VALUES ('092029', 'centre', 'menus', 'nobody asked', 1, 'accepted', now(), '', '', ''); {_REWRITE}",
    "request_left_open": "UPDATE issuance.request SET lease_until = lease_until - interval '2 minutes' WHERE request_id = 'running'; "
    "DELETE FROM issuance.intent WHERE issuance_number = '{running}'; "
    "DELETE FROM issuance.seal_place WHERE issuance_number = '{running}'; "
    "DELETE FROM history.transition WHERE issuance_number = '{running}'",
    "attempt_left_open": "UPDATE issuance.intent SET state = 'proposed', ended_at = NULL WHERE issuance_number = '{void}'; "
    "UPDATE issuance.request SET lease_until = lease_until - interval '2 minutes' WHERE request_id = 'crashed'",
    "attempt_times_missing": "UPDATE issuance.intent SET ended_at = NULL WHERE issuance_number = '{void}'",
    "quarantined_without_stop": "UPDATE issuance.service_stop SET kind = 'seal_registration'",
    "quarantined_without_alert": "UPDATE history.alert SET cause = 'another' WHERE issuance_number = '{quarantined}'",
    "quarantined_without_document": "DELETE FROM issuance.quarantine",
    "quarantined_and_answered": "INSERT INTO issuance.quarantine (municipality_code, issuance_number, cause, sealed, key_version, delete_after) "
    "VALUES ('092029', '20261123-01-00000001-0', 'SealMismatch', '', 1, now())",
    "quarantine_past_its_time": "UPDATE issuance.quarantine SET delete_after = '{now}'::timestamptz - interval '2 hours'",
    "alert_closed_by_one": "INSERT INTO history.alert_explanation (municipality_code, alert_id, explained_by, explanation) "
    "SELECT '092029', min(alert_id), '足利　花子', 'x' FROM history.alert; "
    "INSERT INTO history.alert_confirmation (municipality_code, alert_id, explanation_id, confirmed_by) "
    "SELECT '092029', alert_id, explanation_id, '足利 花子' FROM history.alert_explanation",
    "kept_past_its_time": "UPDATE issuance.kept_answer SET expires_at = expires_at - interval '20 minutes' WHERE issuance_number = '{answered}'",
    "outcome_without_issuance": "UPDATE history.outcome SET issuance_number = '{void}'",
    "outcome_of_another_caller": "UPDATE history.outcome SET reported_by = 'somebody'",
    "withdrawn_without_alert": "UPDATE history.alert SET issuance_number = '{answered}' WHERE issuance_number = '{withdrawn}'",
    "withdrawn_but_kept": "INSERT INTO issuance.kept_answer SELECT '092029', '{withdrawn}', '', 1, pages, expires_at "
    "FROM issuance.kept_answer LIMIT 1",
    "session_used_too_often": "INSERT INTO issuance.session_use "
    "SELECT municipality_code, session_hash, n::text FROM issuance.session_use, generate_series(1, 5) AS n",
    "step_missing": f"UPDATE history.transition SET step = 3 WHERE call = 'menus' AND step = 2; {_REWRITE}",
    "chain_broken": f"UPDATE history.transition SET previous_digest = '' WHERE call = 'menus' AND step = 2; {_REWRITE}",
    "step_changed": "UPDATE history.transition SET happened_at = happened_at - interval '1 second' WHERE request_id = 'menu-1' AND step = 2",
}
"""By rule. Names of `Books` stand in braces."""

ALSO: Final[Mapping[str, frozenset[str]]] = {
    "issuance_without_recorded_intent": frozenset({"step_of_nothing"}),
    "answer_without_issuance": frozenset({"step_of_nothing"}),
    "issuance_without_answer": frozenset({"last_step_disagrees"}),
    "recorded_twice": frozenset({"recorded_intent_without_issuance", "attempt_steps_disagree", "step_of_nothing"}),
    "intent_without_request": frozenset({"step_of_nothing"}),
    "attempt_left_open": frozenset({"attempt_steps_disagree"}),
}
"""What cannot but be wrong as well: history still tells of what was removed or changed."""
