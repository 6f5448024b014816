"""What the steps work with: an app of the test's own on each database, a real mailbox, a real SMTP sink."""

from tests.flows.conftest import app, runtime

__all__ = ["app", "runtime"]
