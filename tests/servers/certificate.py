"""A certificate for 127.0.0.1 that nobody trusts, until a test does."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import HOST, program


@dataclass(frozen=True)
class Certificate:
    """Hold the file of a self-signed certificate with its key."""

    file: Path

    @property
    def server_side(self) -> ssl.SSLContext:
        """Return what a server needs to prove itself with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process's clients trust it, as an office trusts its own authority."""
        monkeypatch.setenv("SSL_CERT_FILE", str(self.file))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a fresh certificate."""
    folder = tmp_path_factory.mktemp("certificate")
    file, key = folder / "server.pem", folder / "key.pem"
    make = [program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=test", "-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(key)]
    subprocess.run([*make, "-out", str(file)], check=True, capture_output=True)
    file.write_text(key.read_text() + file.read_text())
    return Certificate(file)
