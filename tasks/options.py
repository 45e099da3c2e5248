"""What all tasks have in common: Prefect tries a whole batch again when its faults are the batch's own."""

from __future__ import annotations

from typing import Any

BATCH_RETRIES: dict[str, Any] = {"retries": 2, "retry_delay_seconds": [1, 10], "retry_jitter_factor": 0.5}
"""Files are retried inside their batch; this is for storage that fails or workers that cannot start."""
