"""A kind stopped for a mismatch goes on after two persons; other stops end as they were set."""

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.counter.conftest import Counter
from tests.issuing.city import City

HANAKO = ("--by", "足利　花子", "--reason", "cause found")
HANAKO_TYPED_OTHERWISE = ("--by", "足利 花子 ", "--reason", "cause found")
JIRO = ("--by", "渡良瀬　次郎", "--reason", "looked too")


async def mismatch(city: City) -> str:
    front = await city.database.connect("front", "092029")
    await front.execute(
        "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) "
        "VALUES ('092029', 'resident_record', now(), 'mismatch', 'PersonDiffers')"
    )
    [row] = await city.rows("SELECT stop_id FROM issuance.service_stop")
    return str(row["stop_id"])


async def test_one_person_cannot_restart_what_a_mismatch_stopped(ashikaga: City, counter: Counter) -> None:
    number = await mismatch(ashikaga)
    assert counter("stop", "list").returncode == ANSWER_IS_NO
    assert counter("stop", "approve", number, *HANAKO).returncode == 0
    assert counter("stop", "approve", number, *HANAKO_TYPED_OTHERWISE).returncode == NOT_DONE
    assert counter("stop", "end", number, *HANAKO).returncode == NOT_DONE
    assert await ashikaga.rows("SELECT FROM issuance.service_stop WHERE ends_at IS NOT NULL") == []
    assert counter("stop", "approve", number, *JIRO).returncode == 0
    assert counter("stop", "end", number, *JIRO).returncode == 0
    assert counter("stop", "list").returncode == 0
    acts = await ashikaga.rows("SELECT act, acted_by, reason, concerns FROM history.staff_act ORDER BY act_id")
    assert [(act["act"], act["acted_by"], act["concerns"]) for act in acts] == [
        ("stop_approved", "足利　花子", number),
        ("stop_approved", "渡良瀬　次郎", number),
        ("stop_ended", "渡良瀬　次郎", number),
    ]


async def test_a_stop_set_by_staff_is_in_force_at_once_and_ended_by_one(ashikaga: City, counter: Counter) -> None:
    assert counter("stop", "set", "--kind", "resident_record", *HANAKO).returncode == 0
    [stop] = await ashikaga.rows("SELECT stop_id, cause, kind FROM issuance.service_stop WHERE starts_at <= now()")
    assert (stop["cause"], stop["kind"]) == ("ordered", "resident_record")
    assert counter("stop", "end", str(stop["stop_id"]), *HANAKO).returncode == 0
    assert counter("stop", "end", str(stop["stop_id"]), *HANAKO).returncode == NOT_DONE


async def test_a_stop_of_a_household_or_a_terminal_is_set_and_listed_with_what_it_is_of(
    ashikaga: City, counter: Counter
) -> None:
    assert counter("stop", "set", "--household", "900", *HANAKO).returncode == 0
    assert counter("stop", "set", "--operator", "shop chain", "--store", "store 1", *HANAKO).returncode == 0
    listed = counter("stop", "list").stdout
    assert "世帯 / household 900" in listed
    assert "事業者 / chain shop chain  店舗 / shop store 1" in listed
    assert counter("stop", "set", "--household", "900", "--person", "101", *HANAKO).returncode == NOT_DONE
    assert counter("stop", "set", "--until", "2020-01-01 00:00", *HANAKO).returncode == NOT_DONE
    assert len(await ashikaga.rows("SELECT FROM issuance.service_stop")) == 2


def test_nobody_acts_without_a_name_and_a_reason(counter: Counter) -> None:
    assert counter("stop", "set", "--reason", "x").returncode == NOT_DONE
    assert counter("stop", "set", "--by", "　", "--reason", "x").returncode == NOT_DONE
    assert counter("stop", "set", "--by", "足利　花子", "--reason", " ").returncode == NOT_DONE


async def test_an_alert_is_closed_by_two_at_the_command_line(ashikaga: City, counter: Counter) -> None:
    front = await ashikaga.database.connect("front", "092029")
    await front.execute(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092029', 'centre/x', '')"
    )
    listed = counter("alert", "list")
    assert listed.returncode == ANSWER_IS_NO
    number = listed.stdout.split()[0]
    assert counter("alert", "take", number, "--by", "足利　花子").returncode == 0
    assert "taken_by: 足利　花子" in counter("alert", "show", number).stdout
    assert counter("alert", "take", number, "--by", " ").returncode != 0
    assert counter("alert", "confirm", number, "--by", "渡良瀬　次郎").returncode == NOT_DONE
    assert counter("alert", "explain", number, "--by", "足利　花子", "--explanation", "paper came back").returncode == 0
    assert counter("alert", "confirm", number, "--by", "足利 花子").returncode == NOT_DONE
    assert counter("alert", "list").returncode == ANSWER_IS_NO
    assert counter("alert", "confirm", number, "--by", "渡良瀬　次郎").returncode == 0
    assert counter("alert", "list").returncode == 0
    assert "paper came back" in counter("alert", "show", number).stdout
    assert counter("alert", "take", number, "--by", "足利　花子").returncode == NOT_DONE
