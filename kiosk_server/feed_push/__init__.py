"""Files that other systems push over mutual TLS into the watched inbox; docs/feeds.md shows the calls."""

from kiosk_server.feed_push.app import PushedTo, build_push_app
from kiosk_server.feed_push.senders import Sender, senders_in

__all__ = ["PushedTo", "Sender", "build_push_app", "senders_in"]
