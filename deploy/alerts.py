"""Makes the notification block `imr-alerts` that `imr up` wires the alerts to: a webhook, or e-mail.

Secrets come from the environment and end encrypted in the Prefect server, nowhere else:

    IMR_ALERT_WEBHOOK=https://hooks.example.org/abc python deploy/alerts.py webhook
    IMR_ALERT_EMAIL='mailtos://user:password@smtp.example.org?from=imr@example.org&to=team@example.org' \
        python deploy/alerts.py email

Then run `imr up` once more. Any other notification block of that name, made in the UI, does as well.
"""

from __future__ import annotations

import os
import sys

from prefect.blocks.notifications import CustomWebhookNotificationBlock
from pydantic import SecretStr

from flows.notifications import EmailNotification

NAME = "imr-alerts"


def main(kind: str) -> None:
    """Make or replace the block."""
    if kind == "webhook":
        message = {"title": "{{subject}}", "text": "{{body}}"}
        block = CustomWebhookNotificationBlock(name=NAME, url=os.environ["IMR_ALERT_WEBHOOK"], json_data=message)
    elif kind == "email":
        block = EmailNotification(url=SecretStr(os.environ["IMR_ALERT_EMAIL"]))
    else:
        sys.exit(__doc__)
    block.save(NAME, overwrite=True)
    print(f"{type(block).get_block_type_slug()}/{NAME} is there: run imr up once more")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
