"""Who is asking: credentials, PIN rules and lockout rules. Storage is stated as a Protocol and given by others."""

from cardauth.credential import Credential, NotCanonical, UserCertificate, UserId

__all__ = ["Credential", "NotCanonical", "UserCertificate", "UserId"]
