"""The e-mail block, against a mail server of our own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from flows.notifications import EmailNotification
from tests.operated.helpers import ROOT, free_port


class Inbox:
    """Takes all mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


def test_a_message_arrives() -> None:
    inbox, port = Inbox(), free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        address = f"mailto://127.0.0.1:{port}?mode=insecure&from=imr@example.org&to=team@example.org"
        EmailNotification(url=SecretStr(address)).notify("Look at them.", subject="IMR: 3 files")
    finally:
        server.stop()
    (mail,) = inbox.mails
    assert mail.rcpt_tos == ["team@example.org"]
    assert message_from_bytes(mail.content)["Subject"] == "IMR: 3 files"
    assert b"Look at them." in mail.content


def test_a_server_finds_the_block_by_its_entry_point() -> None:
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    code = f"import sys, {entries['prefect.collections']['imr_letters']}; print('flows.notifications' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert EmailNotification.get_block_type_slug() == "smtp-email"
