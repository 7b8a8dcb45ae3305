"""Drawing pages from templates that escape what they are given."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from civil.calendar import JST
from civil.recorded_date import RecordedDate
from kiosk_server.staff.console import ROOT
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.said import SAID
from kiosk_server.staff.terms import WEEKDAYS, term
from kiosk_server.staff.words import ASKED_FOR, Said, language_of, one_of, sayer

if TYPE_CHECKING:
    from kiosk_server.staff.page import Entry
    from kiosk_server.staff.visit import Visit


class Screens:
    """The pages of the console. `city_names` by 市区町村コード; `filters` beside those of every page."""

    def __init__(
        self, menu: Sequence["Entry"], city_names: Mapping[str, str], filters: Mapping[str, Callable[..., str]]
    ) -> None:
        self._menu = menu
        self._city_names = city_names
        self._templates = Environment(
            loader=PackageLoader("kiosk_server.staff", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"root": ROOT, "term": term, "duty_words": lambda duty: Duty(duty).words}
        self._templates.filters |= {
            **filters,
            "jst": jst,
            "day": day,
            "urlencode": in_address,
            "yen": yen,
            "age": age,
            "seconds": seconds,
            "born": born,
        }

    def draw(self, template: str, visit: "Visit", **values: Any) -> str:
        """A page of somebody who is signed in."""
        menu = [entry for entry in self._menu if visit.may(entry.duties)]
        values |= {"visit": visit, "session": visit.session, "form_token": visit.token.form_token, "menu": menu}
        return self._drawn(template, visit.request, values | self._said(visit.request.query))

    def draw_outside(self, template: str, request: web.Request, **values: Any) -> str:
        """A page before anybody is signed in."""
        return self._drawn(template, request, {"session": None, "menu": (), "said": None} | values)

    def city_name(self, municipality_code: str) -> str:
        """For a heading."""
        return self._city_names.get(municipality_code, municipality_code)

    @staticmethod
    def _said(query: Mapping[str, str]) -> dict[str, Any]:
        return {"said": SAID.get(query.get("said", ""))}

    def _drawn(self, template: str, request: web.Request, values: dict[str, Any]) -> str:
        language = language_of(request)
        other = "en" if language == "ja" else "ja"
        common = {
            "w": sayer(language),
            "lang": language,
            "path": request.path,
            "other_language": f"?{urlencode({**request.query, ASKED_FOR: other})}",
            "is_answer_to_form": request.method == hdrs.METH_POST,
            "one_of": lambda message: one_of(message, language),
            "city_names": self._city_names,
        }
        return self._templates.get_template(template).render(common | values)


def jst(instant: datetime | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """An instant as people of the city write it, or a dash."""
    return "-" if instant is None else instant.astimezone(JST).strftime(form)


@pass_context
def day(page: Context, of: date | None) -> str:
    """A day with its weekday in the language of the page, or a dash."""
    if of is None:
        return "-"
    ja, en = WEEKDAYS[of.weekday()]
    return f"{of:%Y-%m-%d}{page['w'](f'({ja})', f' ({en})')}"


def in_address(value: str | Mapping[str, str]) -> str:
    """One part of a path, or a whole query: a request id may hold any visible character, a slash too."""
    return urlencode(value) if isinstance(value, Mapping) else quote(value, safe="")


@pass_context
def yen(page: Context, amount: int | None) -> str:
    """An amount with its thousands, or a dash."""
    return "-" if amount is None else f"{amount:,}{page['w']('円', ' yen')}"


def age(seconds: float | None, say: Said) -> str:
    """How old something is, in the unit that a person would choose."""
    if seconds is None:
        return "-"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} {say('秒', 's')}"
    if seconds < 7200:  # noqa: PLR2004 - two hours
        return f"{seconds / 60:.0f} {say('分', 'min')}"
    if seconds < 172_800:  # noqa: PLR2004 - two days
        return f"{seconds / 3600:.0f} {say('時間', 'hours')}"
    return f"{seconds / 86_400:.0f} {say('日', 'days')}"


def seconds(lasted: float, say: Said) -> str:
    """How long something took, to the hundredth of a second."""
    return f"{lasted:.2f} {say('秒', 's')}"


def born(row: Mapping[str, Any]) -> str:
    """The birth date of a row of the issuance record: as the record prints it, with the day that computers write."""
    birth = RecordedDate(row["birth_on"], row["birth_text"])
    return f"{birth.printed_wareki()} ({birth.on})" if birth.is_exact else birth.printed_wareki()
