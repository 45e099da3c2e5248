"""How fast the main job is: `python -m tests.benchmarks.main_job FOLDER [--generated N]`.

Times the flow on a folder of PDF letters against bare text extraction of the same files by the same number of
processes, in turn and in one run; then, if asked, the flow on generated text letters, with the peak memory of the
whole process tree. Prefect's start-up is paid once before and given apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import pypdfium2

from commands.flow_run import prepare_prefect
from commands.local_prefect.temporary_server import no_heartbeats, server_for_a_run
from imr.synthetic.writing import write_letters

ROUNDS = 5


def bare_text(path: Path) -> int:
    """What reading the file costs by itself."""
    document = pypdfium2.PdfDocument(path)
    count = 0
    for page in document:
        text = page.get_textpage()
        count += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return count


def bare(paths: list[Path], processes: int) -> float:
    """Seconds to read all files, the start of the processes included."""
    began = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        sum(pool.map(bare_text, paths, chunksize=4))
    return time.perf_counter() - began


def repeated(paths: list[Path], times: int, folder: Path) -> list[Path]:
    """The PDFs, each so many times with a comment after its end that makes other bytes of it."""
    folder.mkdir()
    copies = []
    for path in paths:
        data = path.read_bytes()
        for number in range(times):
            copies.append(folder / f"{path.stem}-{number}.pdf")
            copies[-1].write_bytes(data + f"\n% {number}\n".encode())
    return copies


class PeakMemory:
    """The greatest resident memory of this process and all below it while the block runs, in bytes."""

    def __enter__(self) -> PeakMemory:
        self.bytes, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.2):
            family = [me, *me.children(recursive=True)]
            self.bytes = max(self.bytes, sum(_resident(process) for process in family))


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--repeat", type=int, default=1, help="use each PDF so many times, as different documents")
    options.add_argument("--generated", type=int, default=0, help="so many text letters of our own making as well")
    chosen = options.parse_args()
    processes = os.cpu_count() or 1
    prepare_prefect(verbose=False)
    began = time.perf_counter()
    server = server_for_a_run()
    from flows.letters import letters

    if server:
        server.wait()
    with tempfile.TemporaryDirectory() as scratch, no_heartbeats():
        root = Path(scratch)
        paths = repeated(sorted(chosen.folder.glob("*.pdf")), chosen.repeat, root / "pdf")
        write_letters(root / "warm", 3)
        letters([str(root / "warm")], lake=str(root / "warm-lake"))
        print(f"Prefect's start-up with a first run of 3 letters: {time.perf_counter() - began:.1f} s")
        ratios = []
        for number in range(ROUNDS):
            plain = bare(paths, processes)
            began = time.perf_counter()
            letters([str(root / "pdf")], lake=str(root / f"lake-{number}"))
            flow = time.perf_counter() - began
            ratios.append(flow / plain)
            print(f"{len(paths)} PDFs, {processes} processes: bare {plain:.2f} s, flow {flow:.2f} s, {ratios[-1]:.2f}")
        print(f"ratio, median of {ROUNDS}: {statistics.median(ratios):.2f}")
        if chosen.generated:
            write_letters(root / "txt", chosen.generated)
            with PeakMemory() as memory:
                began = time.perf_counter()
                state = letters([str(root / "txt")], lake=str(root / "txt-lake"), return_state=True)
                seconds = time.perf_counter() - began
            print(
                f"{chosen.generated} texts: {seconds:.1f} s, {chosen.generated / seconds:.0f} letters/s, "
                f"peak {memory.bytes / 2**20:.0f} MiB for all processes; {state.message}"
            )


if __name__ == "__main__":
    main()
