"""The text of doc, wps, rtf and odt through a converter of the machine, where one is installed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from commentbox.core.mail.charsets import decode

SECONDS = 15


def converted_text(extension: str, content: bytes, unsupported: type[Exception]) -> str:
    """Return the text that soffice or antiword finds; raise unsupported where neither is installed."""
    soffice, antiword = shutil.which("soffice"), shutil.which("antiword")
    with tempfile.TemporaryDirectory(prefix="commentbox-") as folder:
        source = Path(folder) / f"letter.{extension}"
        source.write_bytes(content)
        if soffice:
            profile = f"-env:UserInstallation=file://{folder}/profile"
            to_text = ["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", folder]
            _run([soffice, profile, *to_text, str(source)], folder)
            return decode((Path(folder) / "letter.txt").read_bytes(), "utf-8").text
        if antiword and extension in ("doc", "wps", "dot"):
            return decode(_run([antiword, "-m", "UTF-8.txt", "-w", "0", str(source)], folder), "utf-8").text
    raise unsupported


def _run(command: list[str], folder: str) -> bytes:
    """Run a converter in a process group of its own, so that none of it outlives its time."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": folder}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_own_memory,
    )
    try:
        output, _ = process.communicate(timeout=SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise OSError(f"converter ended with {process.returncode}")
    return output


def _own_memory() -> None:
    """Give an office suite the hard limit of memory: the reader's own soft one is too small for it."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
