"""Is a sender who it says: only the topmost word of our own server counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.mail import parse_mail
from commentbox.core.rules.senders import read_results, sender_check

OURS = "mx.office.example"


def check(*results: str, sender: str = "chen@kjj.yunqi.gov.cn", server: str = OURS) -> str:
    """Return what is found out about a mail with these fields, the topmost first."""
    fields = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    return sender_check(parse_mail(f"{fields}From: {sender}\r\nSubject: x\r\n\r\ntext".encode()), server)


@pytest.mark.parametrize(
    "found",
    [
        "dmarc=pass header.from=kjj.yunqi.gov.cn",
        "dmarc=pass (p=reject; dis=none) header.from=KJJ.yunqi.gov.cn",
        "spf=pass smtp.mailfrom=chen@kjj.yunqi.gov.cn",
        "spf=pass smtp.mailfrom=bounce@mail.kjj.yunqi.gov.cn",
        "dkim=pass (2048-bit key) header.d=yunqi.gov.cn header.s=a header.b=x/y=",
        "dkim/1=pass header.i=@kjj.yunqi.gov.cn",
        "spf=fail smtp.mailfrom=list.example; dkim=pass header.d=kjj.yunqi.gov.cn",
    ],
)
def test_intake_21_our_server_s_word_makes_a_sender_verified(found: str) -> None:
    assert check(f"{OURS}; {found}") == "verified"
    assert check(f"{OURS.upper()} 1;\r\n\t{found}") == "verified"


@pytest.mark.parametrize(
    "found",
    [
        "none",
        "dmarc=none",
        "dmarc=pass header.from=other.example",
        "spf=pass smtp.mailfrom=a@evil.example",
        "spf=pass smtp.mailfrom=kjj.yunqi.gov.cn=a@evil.example",
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=kjj.yunqi.gov.cn"@evil.example',
        "spf=pass (of x; dmarc=pass (ja) ; dkim=pass header.d=kjj.yunqi.gov.cn) smtp.mailfrom=a@evil.example",
        'spf=pass smtp.mailfrom="=?utf-8?q?=22;_dmarc=3Dpass_x=3D=22?="@evil.example',
        "dkim=pass header.d=gov.cn",
        "dkim=pass header.d=cn",
        "dkim=pass header.d=xkjj.yunqi.gov.cn",
        "dkim=fail header.d=kjj.yunqi.gov.cn",
        "spf=softfail smtp.mailfrom=chen@kjj.yunqi.gov.cn",
        "dkim=pass",
    ],
)
def test_intake_21_anything_less_stays_unverified(found: str) -> None:
    assert check(f"{OURS}; {found}") == "unverified"


def test_intake_21_a_forged_field_does_not_count() -> None:
    passed = "dmarc=pass header.from=kjj.yunqi.gov.cn"
    assert check(f"evil.example; {passed}") == "unverified"
    assert check(f"{OURS}; dmarc=fail header.from=kjj.yunqi.gov.cn", f"{OURS}; {passed}") == "failed"
    assert check(f"{OURS}; none", f"{OURS}; {passed}") == "unverified"
    assert check("relay.example; none", f"{OURS}; {passed}") == "unverified"
    assert check(f"{OURS}.evil.example; {passed}") == "unverified"
    assert check(passed) == check() == check(f"{OURS}; {passed}", server="") == "unverified"


def test_intake_21_what_our_server_denies_is_failed() -> None:
    assert (
        check(f"{OURS}; dmarc=fail header.from=kjj.yunqi.gov.cn; spf=pass smtp.mailfrom=a@x.example")
        == "failed"
    )
    assert check(f"{OURS}; spf=fail smtp.mailfrom=kjj.yunqi.gov.cn") == "failed"


def test_intake_21_two_authors_are_never_verified() -> None:
    passed = f"{OURS}; dmarc=pass header.from=kjj.yunqi.gov.cn"
    assert check(passed, sender="chen@kjj.yunqi.gov.cn\r\nFrom: other@evil.example") == "unverified"
    assert check(passed, sender="nobody") == "unverified"


@given(st.text(max_size=300))
def test_any_field_is_read(field: str) -> None:
    server, results = read_results(field)
    assert isinstance(server, str)
    assert all(one.method and one.value for one in results)
