"""`python -m tests.gallery [--directory DIRECTORY] [NAME ...]`: into docs/gallery unless told; with names, those pictures alone."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Final

from cardauth import UserCertificate
from kiosk_server.demo.city import DemoCity, generate_city
from kiosk_server.demo.options import DEFAULT_RESIDENTS, DEFAULT_SEED
from kiosk_server.issuing.request import IssuanceRequest, MenuRequest, Terminal
from kiosk_server.web.client import CentreClient, CentreProblem
from tests.gallery.exhibits import EXHIBITS, Exhibit
from tests.gallery.pictures import index, keep, pages_of
from tests.system.running import CITY, Service, running_service

_PLACE: Final = Path(__file__).parents[2] / "docs" / "gallery"
_TERMINAL: Final = Terminal("gallery", "gallery", "gallery")


def main() -> int:
    """Show every exhibit; exits with 1 if one is refused, and then changes nothing."""
    arguments = _arguments()
    wanted = [one for one in EXHIBITS if not arguments.names or one.name in arguments.names]
    with running_service(DEFAULT_RESIDENTS, 1) as service:
        contents = asyncio.run(_certificates(service, wanted))
    if refused := [one.name for one in wanted if one.name not in contents]:
        sys.stderr.write(f"not shown: {', '.join(refused)}\n")
        return 1
    _hang(arguments.directory, contents)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--directory", type=Path, default=_PLACE)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(one.name for one in EXHIBITS))
    return parser.parse_args()


async def _certificates(service: Service, wanted: list[Exhibit]) -> dict[str, bytes]:
    city = generate_city(DEFAULT_RESIDENTS, DEFAULT_SEED)
    found: dict[str, bytes] = {}
    async with service.client() as client:
        for exhibit in wanted:
            try:
                found[exhibit.name] = await _certificate(client, exhibit, _card(city, exhibit.case))
            except CentreProblem as problem:
                sys.stderr.write(f"{exhibit.name}: {problem.code}: {problem.title}\n")
            else:
                sys.stderr.write(f"{exhibit.name}\n")
    return found


def _card(city: DemoCity, case: str) -> UserCertificate:
    person = city.cases[case]
    card = next(one for one in city.credentials if one.person_number == person)
    return UserCertificate(card.issuer_key_id, card.serial, card.pin)


async def _certificate(client: CentreClient, exhibit: Exhibit, card: UserCertificate) -> bytes:
    menu = await client.menus(MenuRequest(f"menu-{exhibit.name}", CITY, _TERMINAL, card))
    choices = next((kind.choices for kind in menu.kinds if kind.kind == exhibit.kind), ())
    request = IssuanceRequest(
        f"gallery-{exhibit.name}",
        CITY,
        _TERMINAL,
        card,
        exhibit.kind,
        exhibit.persons,
        exhibit.options,
        exhibit.form,
        choices[0].choice if choices else None,
    )
    return (await client.issue(request)).content


def _hang(directory: Path, contents: dict[str, bytes]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        keep(pages_of(content), directory, name)
    (directory / "README.md").write_text(index(EXHIBITS, directory), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
