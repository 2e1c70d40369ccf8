"""A receiver of Clearway's webhooks in thirty lines: checks the signature, answers at once, prints what happened.

Usage: python receiver.py PORT SECRET. Needs the package standardwebhooks (https://www.standardwebhooks.com).
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(sys.argv[2])
seen: set[str] = set()  # in your system: a table. The same id may come twice and means the same event.


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            event = webhook.verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.send_error(400)
            return
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            ticket = event["data"].get("ticket", {})
            print(event["type"], event["data"]["sequence"], ticket.get("state", ""), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Only events are printed."""


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
