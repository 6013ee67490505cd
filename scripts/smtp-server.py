"""The mail server behind smtp-up: takes every message and files it, raw and as Python's mail parser reads it."""
import email
import email.header
import email.policy
import email.utils
import json
import os
import re
import signal
import socket
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


def reading(raw, sender, recipients):
    """What a mail program makes of the message."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain = email.message_from_bytes(raw)

    def mailboxes(name):
        # By the older functions: the newer ones of this Python put blanks between the encoded words of a name.
        pairs = email.utils.getaddresses([re.sub(r"\r?\n", "", value) for value in plain.get_all(name, [])])
        return [(str(email.header.make_header(email.header.decode_header(shown))), spec) for shown, spec in pairs]

    parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}

    def content(kind):
        return parts[kind].get_content() if kind in parts else None

    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    defects += [repr(defect) for value in message.values() for defect in getattr(value, "defects", ())]
    return {
        "sender": sender,
        "recipients": recipients,
        "names": [name for name, _ in message.items()],
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "toNames": [shown for shown, _ in mailboxes("to")],
        "toAddresses": [spec for _, spec in mailboxes("to")],
        "fromNames": [shown for shown, _ in mailboxes("from")],
        "parts": [part.get_content_type() for part in message.walk()],
        "text": content("text/plain"),
        "html": content("text/html"),
        "defects": defects,
        "longestLine": max(len(line) for line in raw.split(b"\r\n")),
        "bareLineEnds": len(re.findall(rb"(?<!\r)\n|\r(?!\n)", raw)),
    }


class Filing:
    """Files each message before it answers 250, so that a test never waits for a file."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        raw = envelope.original_content
        for recipient in envelope.rcpt_tos:
            box = os.path.join(self.folder, re.sub(r"[^A-Za-z0-9@.+-]", "_", recipient))
            with self.lock:
                os.makedirs(box, exist_ok=True)
                number = len([name for name in os.listdir(box) if name.endswith(".eml")]) + 1
                with open(os.path.join(box, f"{number}.eml"), "wb") as file:
                    file.write(raw)
                with open(os.path.join(box, f"{number}.json"), "w", encoding="utf-8") as file:
                    json.dump(reading(raw, envelope.mail_from, envelope.rcpt_tos), file)
        return "250 2.0.0 filed"


def sign_in(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"tester", b"correct horse")
    return AuthResult(success=known, handled=True if known else False)


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "tls/server.pem"), os.path.join(folder, "tls/server.key"))
    controller = Controller(
        Filing(folder), hostname="127.0.0.1", port=port, tls_context=context, authenticator=sign_in,
        auth_require_tls=True)
    controller.start()
    # A second door with encryption from the first byte (RFC 8314); its port stands in a file.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        implicit_port = free.getsockname()[1]
    implicit = Controller(
        Filing(folder), hostname="127.0.0.1", port=implicit_port, ssl_context=context, authenticator=sign_in,
        auth_require_tls=False)
    implicit.start()
    with open(os.path.join(folder, "smtps.port"), "w", encoding="ascii") as file:
        file.write(str(implicit_port))
    print("ready", flush=True)
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    signal.signal(signal.SIGINT, lambda *_: done.set())
    done.wait()
    controller.stop()
    implicit.stop()


if __name__ == "__main__":
    main()
