"""The visible seal of a certificate: a token for each page, signed once the number is stored as proposed."""

import pdf
from issuance_db.intents import Intent
from keys.purpose import Purpose
from kiosk_server.issuing.environment import Environment


def seal(environment: Environment, intent: Intent, snapshot: pdf.Snapshot, place: pdf.StatusPlace) -> pdf.Sealed:
    """The snapshot with its tokens. A number that is never issued has a true signature and shows void in the status list.

    Raises ``pdf.GlyphMissing`` for a field with nothing to print, KeyNotFound without a key in force.
    """
    key = environment.keys.statement_signer(Purpose.VISIBLE_SEAL)
    return pdf.seal_pages(snapshot, intent.kind, place, key)
