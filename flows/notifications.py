"""Notification blocks of our own, beside those that Prefect brings (webhooks, Slack, Teams and others)."""

from __future__ import annotations

from prefect.blocks.notifications import AppriseNotificationBlock
from pydantic import Field, SecretStr


class EmailNotification(AppriseNotificationBlock):
    """Alerts by e-mail, through any server that speaks SMTP."""

    _block_type_name = "E-mail (SMTP)"
    _block_type_slug = "smtp-email"

    url: SecretStr = Field(
        default=...,
        title="Address of the mail server",
        description="The server, the account and the addresses, in Apprise's form for e-mail",
        examples=["mailtos://user:password@smtp.example.org?from=imr@example.org&to=team@example.org"],
    )
