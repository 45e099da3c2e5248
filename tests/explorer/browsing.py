"""Small verbs for tests of the explorer in a browser."""

from __future__ import annotations

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

DARK = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}


def total(page: Chrome) -> int:
    return int(page.find_element(By.CSS_SELECTOR, ".line strong").text.replace(",", ""))


def width(page: Chrome, pixels: int, *, dark: bool = False) -> None:
    metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 600}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", DARK if dark else {"features": []})
