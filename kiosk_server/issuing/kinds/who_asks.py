"""Who may ask for a koseki: a resident of the city, or somebody of another one by an accepted registration (本籍地利用登録)."""

import asyncpg

from civil.calendar import jst_date
from issuance_db.intents import Subject
from issuance_db.koseki_access import Accepted, accepted_as, is_registration
from issuance_db.residents import HouseholdMember
from kiosk_server.issuing.authorise import refused, require_city_ready, require_of_age
from kiosk_server.issuing.kinds.holder import as_subject, read_holder
from kiosk_server.issuing.kinds.kind import Moment


async def read_asking(
    connection: asyncpg.Connection, municipality_code: str, asking: str, moment: Moment
) -> HouseholdMember | Accepted:
    """Who asks, with what their koseki has to say of them. Raises what `read_holder` raises."""
    if not is_registration(asking):
        return await read_holder(connection, municipality_code, asking, moment)
    accepted = await accepted_as(connection, asking)
    if accepted is None:
        raise refused("registration_not_accepted", asking)
    require_city_ready(moment.city)
    require_of_age(accepted, moment.city.minimum_age, jst_date(moment.instant))
    return accepted


def in_record(asking: HouseholdMember | Accepted) -> tuple[Subject, ...]:
    """Who asks, as a person of the issuance record; nobody for who lives elsewhere."""
    return (as_subject(asking),) if isinstance(asking, HouseholdMember) else ()
