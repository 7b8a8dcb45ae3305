"""What the centre process looks at: what every process does, and what a certificate is made with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from kiosk_server.checks import card_authority, city, expiries, keys, log, machine, tls
from kiosk_server.checks.check import Check
from kiosk_server.checks.edition import centre_parts
from kiosk_server.checks.fonts import Fonts
from kiosk_server.checks.for_every_process import checks_for_every_process
from kiosk_server.checks.nodes import Membership
from kiosk_server.checks.surroundings import Surroundings

TOPOLOGY = "topology"
_LOCK_PATIENCE_SECONDS = 3.0


def topology_check(look: Callable[[Surroundings], Awaitable[str]]) -> Check:
    """Of the role of the centre process, which whoever serves holds."""
    return Check(
        TOPOLOGY, "ノード構成 / topology", look, every=1, patience=_LOCK_PATIENCE_SECONDS, alert="wrong_topology"
    )


class CentreChecks:
    """The checks of one centre process. `topology` holds its role, or only looks who does."""

    def __init__(
        self, surroundings: Surroundings, topology: Callable[[Surroundings], Awaitable[str]], *, visits: bool
    ) -> None:
        self._surroundings = surroundings
        self._topology = topology
        self._fonts = Fonts()
        self.membership = Membership(self._alike, visits=visits)

    def all(self) -> Sequence[Check]:
        """In the order in which a start looks."""
        *before, nodes = checks_for_every_process(self.membership)
        return (
            *before,
            Check("keys", "鍵 / keys", keys.keys),
            Check("document_certificate", "文書署名の証明書 / document certificate", keys.document_certificate, every=30),
            Check(
                "token", "署名鍵のトークン / token of the signing key", keys.token,
                alert="signing_token", alerts_while_serving=True,
            ),
            Check("seal_keys", "券面確認コードの鍵 / keys of the visible seal", keys.seal_keys, every=30),
            Check("card_authority", "利用者証明用認証局 / CA of user certificates", card_authority.card_authority, every=30),
            Check("tls", "TLS の証明書 / TLS certificates", tls.tls, every=30),
            Check("expiries", "期限 / what ends", expiries.expiries, every=30),
            Check("fonts", "フォント / fonts", self._fonts.look, every=10),
            Check("mayor_and_seal", "市長名と公印 / mayor and seal", city.mayor_and_seal, every=10),
            Check("fees_and_hours", "手数料とサービス時間 / fees and hours", city.fees_and_hours, every=10),
            Check("redis", "Redis / Valkey", machine.redis, every=10),
            Check("log", "履歴ログ / history log", log.log, every=10),
            nodes,
            topology_check(self._topology),
        )  # fmt: skip

    async def _alike(self) -> Mapping[str, str]:
        drawn = {f"font {path.name}": digest or "-" for path, digest in (await self._fonts.digests()).items()}
        return {**centre_parts(self._surroundings), **drawn}
