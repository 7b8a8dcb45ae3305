"""`kiosk staff`, as the first administrator is made by it."""

import re

import pytest

from kiosk_server.cli.failures import NOT_DONE
from tests.counter.conftest import Counter, counter
from tests.staff.office import Office

__all__ = ["counter"]
_WHO = ("--by", "情報政策課 山田", "--reason", "初期設定")


async def test_the_first_administrator_is_made_here_and_can_sign_in(office: Office, counter: Counter) -> None:
    made = counter("staff", "create", "ito", "--name", "伊藤 管理", "--duty", "administrator", *_WHO)
    assert made.returncode == 0, made.stderr
    first = re.search(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", made.stdout)
    assert first is not None
    page = await office.browser().send("/sign-in", {"account": "ito", "password": first[1]})
    assert page.path == "/staff/code/new"
    assert "ito" in counter("staff", "list").stdout
    assert counter("staff", "end", "ito", *_WHO).returncode == 0
    assert (await office.browser().sign_in("ito", first[1])).status == 403


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "v", "--name", "見本", "--duty", "counter"), "lower-case"),
        (("create", "vendor", "--name", "見本", "--duty", "contractor"), "--valid-until"),
        (("reset", "nobody"), "no such account"),
        (("end", "nobody"), "no such account"),
    ],
)
async def test_what_is_wrong_is_told_with_the_way_out(
    office: Office, counter: Counter, arguments: tuple[str, ...], said: str
) -> None:
    done = counter("staff", *arguments, *_WHO)
    assert (done.returncode, said in done.stderr) == (NOT_DONE, True)
    assert await office.city.rows("SELECT account_id FROM issuance.staff_account") == []


async def test_where_there_is_one_administrator_another_person_releases_at_the_machine(
    office: Office, counter: Counter
) -> None:
    made = counter("staff", "create", "ito", "--name", "伊藤 管理", "--duty", "administrator", *_WHO)
    assert made.returncode == 0, made.stderr
    assert counter("staff", "create", "kato", "--name", "加藤", "--duty", "supervisor", *_WHO).returncode == 0
    assert "承認待ち" in counter("staff", "list").stdout
    alone = counter("staff", "release", "kato", *_WHO)
    assert (alone.returncode, "another administrator" in alone.stderr) == (NOT_DONE, True)
    other = counter("staff", "release", "kato", "--by", "市民課 鈴木", "--reason", "本人を確認")
    assert other.returncode == 0, other.stderr
    assert "承認待ち" not in counter("staff", "list").stdout
    assert counter("staff", "duties", "kato", "--duty", "counter", *_WHO).returncode == 0
    assert "承認待ち" in counter("staff", "list").stdout
    again = counter("staff", "release", "ito", *_WHO)
    assert (again.returncode, "no release" in again.stderr) == (NOT_DONE, True)
