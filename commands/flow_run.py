"""Running a flow in this process, with a Prefect server of its own if need be, and saying how it ended."""

from __future__ import annotations

import os
import shlex
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from commands.ending import Farewell, ended_by_signals
from commands.failure import said_of, say_failure
from commands.local_prefect.machine import Machine
from commands.local_prefect.temporary_server import ServerStartError, no_heartbeats, server_for_a_run
from imr.cli.console import (
    counted,
    err,
    number_of,
    out,
    print_json,
    print_table,
    program,
    progress_bars,
    say_wrong,
    waiting,
)
from imr.cli.exit_codes import Exit
from imr.errors import Code, ImrError
from imr.lake.layout import LakeLayout
from imr.publication.lake_status import public_of
from imr.publication.refused import last_refused

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from imr.publication.quarantine import Entry
    from imr.publication.run_summary import RunSummary

TAG = "imr"
_FILES_NAMED = 20
_AS_THEY_WERE = "The tables are as they were."
_FIRST_QUERY = "SELECT treatment_subcategory, decisions, overturn_rate FROM outcomes_by_treatment"


def run_flow(flow: str, parameters: dict[str, Any], *, as_json: bool, verbose: bool) -> Exit:
    """Run one of the flows in this process and say what became of every file."""
    prepare_prefect(verbose=verbose)
    began = time.perf_counter()
    farewell = Farewell(Path(parameters["lake"]), as_json=as_json)
    try:
        state = ended_by_signals(partial(_state_of, flow, parameters, farewell, verbose=verbose), farewell)
    except ServerStartError as error:
        return say_failure(type(error).__name__, str(error), as_json=as_json)
    answer = state.result(raise_on_failure=False)
    if not state.is_completed():
        run_id = state.state_details.flow_run_id
        return _say_failure(answer, LakeLayout(Path(parameters["lake"])), str(run_id), as_json=as_json)
    summary, lake = cast("RunSummary", answer), Path(parameters["lake"])
    for cache in summary.caches_remade:
        what = f"{cache} was a damaged cache: thrown away and made anew"
        say_wrong("Warning", f"{Code.LAKE_DAMAGED}: {what}", style="yellow")
    if as_json:
        print_json({**asdict(summary), "state": state.name, "lake": str(lake.absolute())})
    else:
        _say(summary, lake, time.perf_counter() - began)
    return Exit.QUARANTINED if summary.files_quarantined else Exit.OK


def _state_of(flow: str, parameters: dict[str, Any], farewell: Farewell, *, verbose: bool) -> State[Any]:
    """Run a flow to its final state, with a server of its own where no other is named."""
    with waiting("Starting Prefect") if not verbose else nullcontext():
        server = server_for_a_run()
        from prefect import tags

        import flows.letters  # takes seconds, while the server starts

        if server:
            server.wait()
    known = getattr(flows.letters, flow).with_options(on_running=[farewell.know])
    # The tag is what automations go by: that of a failed run, and that of one that went silent.
    heartbeats = no_heartbeats() if server else nullcontext()
    with progress_bars(shown=err.is_terminal and not verbose), tags(TAG), heartbeats:
        state: State[Any] = known(**parameters, return_state=True)
    if server:
        server.take_logs()
    if server and state.is_completed() and (run_id := state.state_details.flow_run_id):
        server.wait_for_history(run_id)
    return state


def run_flow_again(flow: str, lake: Path, options: dict[str, Any], *, as_json: bool, verbose: bool) -> Exit:
    """Run a flow over what is in a lake that is there."""
    return run_flow(flow, {"lake": str(lake), **options}, as_json=as_json, verbose=verbose)


def prepare_prefect(*, verbose: bool) -> None:
    """Settings for a run without any set-up; whatever the user has set stays. The server of `imr up` is used, if up."""
    machine = Machine()
    if (api := machine.address()) and os.environ.get("PREFECT_API_URL", api) == api:
        os.environ.update(machine.access(api))
    for name, value in {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        **({} if verbose else {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}),
    }.items():
        os.environ.setdefault(name, value)


def _say_failure(error: object, lake: LakeLayout, run_id: str, *, as_json: bool) -> Exit:
    code = str(error.code) if isinstance(error, ImrError) else type(error).__name__
    message = error.message if isinstance(error, ImrError) else "see the run in Prefect, or run again with --verbose"
    refused = last_refused(lake) if code == Code.GATE_REFUSED else None
    if refused and not as_json:
        _name_files("Refused", refused.files)
    public = public_of(lake, run_id) if code not in (Code.LAKE_DAMAGED, Code.LAKE_OUTDATED) else None
    kept = f"{said_of(public)}; for the rest, run again." if public else _AS_THEY_WERE
    if code == Code.LAKE_WRITE_FAILED:
        kept = "Run again: what was decided is finished first."
    more: dict[str, Any] = {"quarantined": list(map(asdict, refused.files))} if refused else {}
    more |= {"published": {name: public[name] for name in ("commits", "files_published")}} if public else {}
    return say_failure(code, message, kept, as_json=as_json, more=more)


def _name_files(title: str, entries: Sequence[Entry]) -> None:
    """Name the first of some files that did not make it, and count all of them."""
    rows = [[entry.error_code, entry.source_name, entry.error_message] for entry in entries[:_FILES_NAMED]]
    print_table(title, ["code", "file", "why"], rows)
    out.print("By code: " + counted(Counter(entry.error_code for entry in entries)))


def _in_pieces(summary: RunSummary) -> str:
    return f", by {summary.commits} commits" if summary.commits > 1 else ""


def _say(summary: RunSummary, lake: Path, seconds: float) -> None:
    print_table(
        f"{number_of(summary.files_in, 'file')} in {seconds:.1f} s{_in_pieces(summary)}",
        ["published", "decisions", "known already", "in quarantine"],
        [[summary.files_published, summary.decisions, summary.files_skipped, summary.files_quarantined]],
    )
    if not summary.files_published:
        out.print("Nothing new was published.")
    if summary.quarantined:
        _name_files("In quarantine", summary.quarantined)
    if summary.passed_over:
        out.print(f"Passed over: {counted(summary.passed_over)}")
    for refusal in summary.accepted:
        out.print(f"Accepted: {refusal}")
    if summary.warnings:
        out.print(f"Warnings on published letters: {counted(summary.warnings)}")
    out.print(f"Tables: {lake.absolute() / 'tables'}", soft_wrap=True)
    out.print(f'Ask them: {program()} query "{_FIRST_QUERY}" --lake {shlex.quote(str(lake))}', soft_wrap=True)
