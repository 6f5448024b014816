"""The text of doc, wps, rtf and odt through a converter of the machine, where one is installed.

soffice makes a .docx of them, so that tables, tracked changes and remarks are read as they are in one.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from commentbox.adapters.extraction.docx import docx_text
from commentbox.core.mail.charsets import decode

SECONDS = 15
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_NEW_PIDS = 0x2000_0000  # CLONE_NEWPID
_MOST_FILES = 256
_BY_ANTIWORD = ("doc", "wps", "dot", "wpt")


def converted_text(extension: str, content: bytes, unsupported: type[Exception]) -> str:
    """Return the text that soffice or antiword finds; raise unsupported where neither is installed."""
    soffice, antiword = shutil.which("soffice"), shutil.which("antiword")
    with tempfile.TemporaryDirectory(prefix="converter-") as folder:
        source = Path(folder) / f"letter.{extension}"
        source.write_bytes(content)
        if soffice:
            profile = f"-env:UserInstallation=file://{folder}/profile"
            to_docx = ["--headless", "--norestore", "--convert-to", "docx:MS Word 2007 XML", "--outdir"]
            out = Path(folder) / "out"
            _run([soffice, profile, *to_docx, str(out), str(source)], folder)
            return docx_text((out / "letter.docx").read_bytes())
        if antiword and extension in _BY_ANTIWORD:
            return decode(_run([antiword, "-m", "UTF-8.txt", "-w", "0", str(source)], folder), "utf-8").text
    raise unsupported


def _run(command: list[str], folder: str) -> bytes:
    """Run a converter in a process group of its own, so that none of it outlives its time."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": folder}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "TMPDIR": folder},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_before_converter,
    )
    try:
        output, _ = process.communicate(timeout=SECONDS)
    finally:
        # The group may outlive its first process.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode:
        raise OSError(f"converter ended with {process.returncode}")
    return output


def _before_converter() -> None:
    """Give an office suite the hard limit of memory, the reader's own being too small; tie it to us.

    Where the kernel allows, all that it starts lives in a numbering of processes of its own and ends with its
    first, whatever session it moved to.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    libc = ctypes.CDLL(None)
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if libc.unshare(_NEW_PIDS) != 0:
        return
    first = os.fork()
    if first:
        os.closerange(0, _MOST_FILES)  # else whoever waits for their end waits for ours
        _, status = os.waitpid(first, 0)
        os._exit(0 if status == 0 else 1)
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
