"""支援措置の一時解除: it stands by the clock alone, for the person it was made for."""

from datetime import timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.residents import (
    Inquirer,
    NothingReleased,
    ReleaseTooLong,
    TemporaryRelease,
    city_transaction,
    disclose,
    end_temporary_release,
    number_of,
    operations,
    release_temporarily,
    temporary_releases,
)
from tests.registry.office import NOW, TODAY, Office, someone

ONE, TWO = number_of(1), number_of(2)
OFFICER = Inquirer("課長０１", "本人が来庁")
MINUTES = st.integers(0, 90).map(lambda minutes: timedelta(minutes=minutes))


@given(lasts=MINUTES, ended=st.none() | MINUTES, after=MINUTES)
def test_a_release_stands_from_its_beginning_to_before_its_end(
    lasts: timedelta, ended: timedelta | None, after: timedelta
) -> None:
    one = TemporaryRelease(ONE, NOW, NOW + lasts, "a", "b", None if ended is None else NOW + ended, None)
    assert one.stands(NOW + after) is (after < lasts and (ended is None or after < ended))
    assert not one.stands(NOW - timedelta.resolution)


async def test_a_release_ends_though_nobody_does_anything_and_is_told_in_both_logs(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    async with city_transaction(office.connection, office.city):
        until = await release_temporarily(office.connection, office.city, [ONE], 10, OFFICER, NOW)
        [one] = await temporary_releases(office.connection, office.city, [ONE, TWO], NOW)
        assert await temporary_releases(office.connection, office.city, [ONE], until) == ()
        done = await operations(office.connection, office.city, TODAY, TODAY + timedelta(days=1))
    assert (one.person_number, one.until, one.staff, one.reason) == (
        ONE,
        NOW + timedelta(minutes=10),
        "課長０１",
        "本人が来庁",
    )
    assert [(d.what, d.items, d.staff) for d in done][-1] == ("release", ("2026-11-23 12:10",), "課長０１")
    assert [r.until for r in (await disclose(office.connection, office.city, ONE, OFFICER, NOW)).releases] == [until]
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await (await office.database.connect()).execute(
            "UPDATE registry.temporary_release SET until = until + interval '1 hour'"
        )


async def test_a_release_is_ended_once_and_lasts_no_longer_than_an_hour(office: Office) -> None:
    await office.load(someone(1))
    async with city_transaction(office.connection, office.city, isolation="read_committed"):
        with pytest.raises(ReleaseTooLong):
            await release_temporarily(office.connection, office.city, [ONE], 61, OFFICER, NOW)
        await release_temporarily(office.connection, office.city, [ONE], 60, OFFICER, NOW)
        later = NOW + timedelta(minutes=5)
        await end_temporary_release(office.connection, office.city, ONE, OFFICER, later)
        with pytest.raises(NothingReleased):
            await end_temporary_release(office.connection, office.city, ONE, OFFICER, NOW + timedelta(hours=2))
        [one] = await temporary_releases(office.connection, office.city, [ONE], later)
    assert (one.stands(NOW), one.stands(later), one.ended_by) == (True, False, "課長０１")
