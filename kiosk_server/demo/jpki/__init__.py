"""A STRICT FAKE of 公的個人認証サービス for the demo and the tests: CA generations that share one name. Production refuses them."""

from kiosk_server.demo.jpki.generations import CaGeneration, DemoJpki, make_demo_jpki
from kiosk_server.demo.jpki.issuing import IssuedUserCertificate, Profile, issue_user_certificate

__all__ = [
    "CaGeneration",
    "DemoJpki",
    "IssuedUserCertificate",
    "Profile",
    "issue_user_certificate",
    "make_demo_jpki",
]
