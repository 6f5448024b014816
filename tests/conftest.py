"""Every test's fixtures by name; they live in tests/fixtures and tests/servers."""

pytest_plugins = [
    "tests.servers.certificate",
    "tests.servers.dovecot",
    "tests.servers.faults",
    "tests.servers.odd_imap",
    "tests.servers.postgres",
    "tests.fixtures.app",
    "tests.servers.providers",
    "tests.servers.redis",
    "tests.servers.smtp_sink",
]
