"""A web server for pages that are not the terminal's own."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any


@contextmanager
def pages_of(pages: Mapping[str, str]) -> Iterator[str]:
    """Each text as HTML at its path, on this machine, and the terminal's style sheet beside them; where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = ("html", pages[self.path]) if self.path in pages else ("css", _style())
            self.send_response(200)
            self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _style() -> str:
    return files("kiosk_server.terminal").joinpath("page", "terminal.css").read_text(encoding="utf-8")
