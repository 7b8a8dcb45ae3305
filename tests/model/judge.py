"""Compares what came with what the model says, and lets the model know what came of it."""

from collections.abc import Sequence
from typing import Final

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.issuing.request import Certificate
from tests.issuing.city import PIN
from tests.model.expected import Body, Model, Paper, Request
from tests.model.server import STEPS
from tests.model.world import World
from tests.system.reading import read

LATER: Final = frozenset({RefusalCode.BUSY, RefusalCode.TIMED_OUT})
"""What a caller hears while somebody else holds the request, or when too little time was left."""
Answer = Certificate | RefusalCode


class Judge:
    """Holds the world and its model against each other."""

    world: World
    model: Model

    def settle(self, request_id: str, body: Body, pin: str, answers: Sequence[Answer]) -> None:
        """Compare answers to one and the same request with what the model says, and let the model know what came of it."""
        right = pin == PIN
        known = self.model.requests.get(request_id)
        if known is not None and known.body != body:
            assert set(answers) == {RefusalCode.REQUEST_CONFLICT}
            return
        identified = self.model.identified(request_id, body.person, pin, right=right)
        if known is None:
            known = self.undecided(request_id, body)
            if not identified:
                known.state, known.code = "refused", RefusalCode.NOT_IDENTIFIED
        if not identified:
            assert set(answers) == {RefusalCode.NOT_IDENTIFIED}
        elif known.state == "refused":
            assert set(answers) == {known.code}
        elif known.state == "answered":
            self.settle_again(known, answers)
        else:
            self.settle_new(known, answers)

    def settle_new(self, known: Request, answers: Sequence[Answer]) -> None:
        decided = self.model.decide(known.body)
        known.leased, known.holder = False, known.holder + 1
        if isinstance(decided, Paper):
            assert len(set(answers)) == 1, answers
            assert isinstance(answers[0], Certificate)
            self.answered(known, decided, answers[0])
        elif decided is RefusalCode.NOT_FRESH:
            assert decided in answers
            assert set(answers) <= {decided, *LATER}
        else:
            assert set(answers) == {decided}
            known.state, known.code = "refused", decided

    def settle_again(self, known: Request, answers: Sequence[Answer]) -> None:
        expected = self.model.again(known, self.world.clock.now)
        if expected is None:
            assert len(set(answers)) == 1, answers
            assert isinstance(answers[0], Certificate)
            self.is_right(known, answers[0])
            return
        assert set(answers) == {expected}
        if expected is RefusalCode.NOT_AVAILABLE:
            known.state, known.code = "refused", expected

    def answered(self, known: Request, paper: Paper, certificate: Certificate) -> None:
        known.state, known.paper, known.recorded_at, known.leased = "answered", paper, self.world.clock.now, False
        self.is_right(known, certificate)
        known.number = certificate.issuance_number

    def is_right(self, known: Request, certificate: Certificate) -> None:
        """Who may get what: exactly the persons, names and address of the paper, under its number."""
        assert known.paper is not None
        assert known.number in {None, certificate.issuance_number}
        said = read(certificate.content)
        assert said.names == known.paper.names
        assert {page.address for page in said.pages} == {known.paper.address}
        assert {page.issuance_number for page in said.pages} == {certificate.issuance_number}

    def undecided(self, request_id: str, body: Body) -> Request:
        return self.model.requests.setdefault(request_id, Request(body))

    def crashed(self, request_id: str, body: Body, step: str, *, entering: bool, before: Request | None) -> None:
        """Nobody heard an answer. What was committed until then is there."""
        where = STEPS.index(step), entering
        if step == "accept" and (entering or before is not None):
            return
        known = self.undecided(request_id, body)
        if step != "accept" and (step, entering) != ("authenticate", True):
            assert self.model.identified(request_id, body.person, PIN, right=True)
        if known.body != body or known.state != "undecided":
            return
        known.leased, known.holder = True, known.holder + 1
        if where == (STEPS.index("record"), False):
            paper = self.model.decide(body)
            assert isinstance(paper, Paper)
            known.state, known.paper, known.recorded_at = "answered", paper, self.world.clock.now
            known.leased = False
