"""Send what is due in the outbox, one mail and one commit at a time."""

from __future__ import annotations

from datetime import timedelta

from commentbox.adapters import smtp
from commentbox.core.states import OutboundState
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime
from commentbox.models import OutboundMail
from commentbox.services import outbox, respond

BATCH = 20
LEASE = timedelta(minutes=5)


def deliver(runtime: Runtime) -> int:
    """Send up to a batch of due mails; return how many were tried."""
    if runtime.send is None:
        return 0
    with transaction(runtime.session):
        outbox.sweep(runtime.session, runtime.clock())
    tried = 0
    while tried < BATCH and _deliver_next(runtime):
        tried += 1
    return tried


def _deliver_next(runtime: Runtime) -> bool:
    """Lease one mail and send it: one at a time, so that a crash leaves only one in doubt."""
    now = runtime.clock()
    ids = claim(
        runtime.session,
        OutboundMail,
        outbox.due(now),
        now=now,
        lease=LEASE,
        limit=1,
        values={"state": OutboundState.SENDING},
    )
    for mail_id in ids:
        _deliver_one(runtime, mail_id)
    return bool(ids)


def _deliver_one(runtime: Runtime, mail_id: int) -> None:
    session = runtime.session
    outgoing = _outgoing(respond.one(session, mail_id))
    session.rollback()
    assert runtime.send is not None
    try:
        runtime.send(outgoing)
    except smtp.Uncertain as error:
        with transaction(session):
            outbox.uncertain(session, mail_id, str(error))
    except smtp.Refused as error:
        with transaction(session):
            outbox.refused(session, mail_id, str(error), permanent=error.permanent, now=runtime.clock())
    except (smtp.Unreachable, ValueError) as error:
        broken = isinstance(error, ValueError)
        with transaction(session):
            outbox.refused(session, mail_id, str(error), permanent=broken, now=runtime.clock())
    else:
        with transaction(session):
            outbox.sent(session, mail_id, runtime.clock())


def _outgoing(mail: OutboundMail) -> smtp.Outgoing:
    return smtp.Outgoing(
        to=mail.to_address,
        subject=mail.subject,
        body=mail.body,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        date=mail.created_at,
        automatic=mail.kind == "acknowledgement",
    )
