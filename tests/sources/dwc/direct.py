"""Asking the imitation of the search tool without a network."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from imr.errors import Code, SourceError
from imr.sources.web import Response
from tests.dwc_site.site import DwcSite


class Direct:
    """Sends forms to a site in this process; after `last_request` of them the connection is gone."""

    def __init__(self, site: DwcSite, last_request: int | None = None) -> None:
        self._client = site.app().test_client()
        self.left = last_request

    def post(self, url: str, form: Mapping[str, str]) -> Response:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise SourceError(Code.SOURCE_BUSY, "the site takes no connection")
        response = self._client.post(urlsplit(url).path, data=dict(form))
        return Response(url, response.status_code, response.mimetype, None, None, response.data, False)
