-- 抑止対象者一覧: whoever was ever under a protective measure is found without reading everybody.
SET LOCAL ROLE registry_owner;

CREATE INDEX person_history_suppressed ON registry.person_history (municipality_code, person_number) WHERE suppressed;
CREATE INDEX person_history_second_tier_suppressed ON registry.person_history_second_tier (municipality_code, person_number)
WHERE suppressed;
