"""Brings the automations of deploy/automations.yaml to a server, without undoing what people have set there."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound

from commands.local_prefect.kept import NOT_SET, Record, Settings, difference, plain, set_by_people
from commands.local_prefect.machine import PROJECT, UpError

FILE = PROJECT / "deploy" / "automations.yaml"
DEFAULT_BLOCK = "imr-alerts"
_SETTINGS = {"description", "enabled", "trigger", "actions"}
_UNHEARD = "Nobody is told, as there is no notification block: see imr up --alerts."


def automate(record: Record, alerts: str | None, *, as_in_file: bool = False) -> list[str]:
    """Make or update our automations; says what there is now and what differs, in a sentence each.

    Those that came from the file and that it has no more are removed.

    Raises:
        UpError: there is no notification block of the name `alerts`.
    """
    with get_client(sync_client=True) as client:
        block = _block(client, alerts)
        wanted = {each["name"]: AutomationCore.model_validate(each) for each in read_automations(FILE, block)}
        found = {name: client.read_automations_by_name(name) for name in wanted.keys() | record.last.keys()}
        there = {name: automations[0] for name, automations in found.items() if automations}
        told = "alerts go to a notification block" if block else "alerts go to the event feed (see --alerts)"
        said = [f"{len(wanted)} automations; {told}"]
        for name, automation in wanted.items():
            if name not in there:
                client.create_automation(automation)
                continue
            file, now = settings_of(automation), settings_of(there[name])
            kept = {} if as_in_file else set_by_people(now, record.last.get(name), file)
            client.update_automation(there[name].id, _with_kept(automation, there[name], kept))
            said += _differences(name, kept, file)
        for name in sorted(there.keys() - wanted.keys()):
            client.delete_automation(there[name].id)
            said.append(f'automation "{name}" is removed: {FILE.name} has it no more')
    record.keep({name: settings_of(automation) for name, automation in wanted.items()})
    return said


def _with_kept(wanted: AutomationCore, there: Automation, kept: Settings) -> AutomationCore:
    """An automation of the file with what people have set. Only what is set explicitly is sent."""
    return wanted.model_copy(update={name: getattr(there if (name,) in kept else wanted, name) for name in _SETTINGS})


def _differences(name: str, kept: Settings, file: Settings) -> list[str]:
    return [
        difference(
            f'automation "{name}": {place[0]}', value, file.get(place, NOT_SET), FILE.name, shown=place == ("enabled",)
        )
        for place, value in kept.items()
    ]


def settings_of(automation: AutomationCore) -> Settings:
    """What people may set of an automation."""
    found = automation.model_dump(mode="json", include=_SETTINGS)
    return plain({(name,): _in_order(value) for name, value in found.items()})


def _in_order(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """The same value whose lists of words, which are sets to Prefect, have an order."""
    if isinstance(value, dict):
        return {key: _in_order(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(part, str) for part in value) else list(map(_in_order, value))
    return value


def read_automations(file: Path, block: UUID | None) -> list[dict[str, Any]]:
    """The automations of a file, each `alert` in them turned into a message to a block.

    Without a block it does nothing, which Prefect's UI shows as nothing at all: the description says so then.
    """
    automations = yaml.safe_load(file.read_text(encoding="utf-8"))["automations"]
    for automation in automations:
        if alert := automation.pop("alert", None):
            send = {"type": "send-notification", "block_document_id": str(block), **alert}
            automation["actions"] = [send if block else {"type": "do-nothing"}]
            if not block:
                automation["description"] += f" {_UNHEARD}"
    return list(automations)


def _block(client: SyncPrefectClient, name: str | None) -> UUID | None:
    """The id of the notification block TYPE/NAME; without a name, that of any block called `imr-alerts`."""
    if name is None:
        found = client.read_block_documents(limit=None)
        return next((block.id for block in found if block.name == DEFAULT_BLOCK), None)
    kind, _, called = name.rpartition("/")
    try:
        return client.read_block_document_by_name(called, kind).id
    except ObjectNotFound:
        raise UpError(
            f"the server has no block {name}: name it TYPE/NAME, as in custom-webhook/{DEFAULT_BLOCK}"
        ) from None
