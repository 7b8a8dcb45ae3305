"""The verification page: checks a visible seal in the browser, from the city's web site or from one file without a network."""

from kiosk_server.verification_page.building import Published, bundle, single_file

__all__ = ["Published", "bundle", "single_file"]
