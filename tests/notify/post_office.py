"""A mail server as a process of its own (aiosmtpd): keeps what it takes as files, refuses some, dies when asked.

`python -m tests.notify.post_office FOLDER [--cert FILE --key FILE] [--tls] [--login USER:PASSWORD]` prints its port.
Recipients whose name begins so are answered: `nobody` 550, `later` 451, `full` 552; a message to `dies` ends the
process after it was kept and before it was answered; one to `hangs` is never answered.
"""

import argparse
import asyncio
import os
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

ANSWERS = {"nobody": "550 5.1.1 <%s> unknown", "later": "451 4.3.0 try <%s> later", "full": "552 5.2.2 <%s> is full"}


class Keeping:
    """Keeps each message as a file of its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        del server, session, options
        answer = ANSWERS.get(address.partition("@")[0].partition("-")[0])
        if answer is not None:
            return answer % address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        """Keep a message."""
        del server, session
        number = len(list(self.folder.glob("*.eml")))
        (self.folder / f"{number:04d}.eml").write_bytes(envelope.original_content or b"")
        (self.folder / f"{number:04d}.to").write_text("\n".join(envelope.rcpt_tos))
        if any(each.startswith("dies") for each in envelope.rcpt_tos):
            os._exit(1)
        if any(each.startswith("hangs") for each in envelope.rcpt_tos):
            await asyncio.sleep(3600)
        return "250 kept"


async def serve(given: argparse.Namespace) -> None:
    """Serve until killed."""
    tls = None
    if given.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(given.cert, given.key)

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope, mechanism
        right = f"{data.login.decode()}:{data.password.decode()}" == given.login
        return AuthResult(success=right, handled=False)

    def made() -> SMTP:
        more: dict[str, Any] = {"authenticator": authenticate, "auth_required": True} if given.login else {}
        if tls is not None and not given.tls:
            more |= {"tls_context": tls, "require_starttls": True}
        return SMTP(Keeping(given.folder), hostname="post.example", auth_require_tls=not given.tls, **more)

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0, ssl=tls if given.tls else None)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    reads = argparse.ArgumentParser()
    reads.add_argument("folder", type=Path)
    reads.add_argument("--cert")
    reads.add_argument("--key")
    reads.add_argument("--tls", action="store_true")
    reads.add_argument("--login", default="")
    asyncio.run(serve(reads.parse_args()))
