"""Whose letter is it: by address, by domain, by name; and lists as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.organisations import Asked, Entry, Problem, Sign, as_text, closing, find, read_list

SCIENCE = Asked(1, "云栖市科学技术局", ("科委",), ("office@163.com",), ("kjj.yunqi.gov.cn",))
HOUSING = Asked(2, "云栖市住房和城乡建设局", (), (), ("yunqi.gov.cn",))
EAST = Asked(3, "云栖市东城区科学技术局")
REFORM = Asked(4, "云栖市发展和改革委员会")
COMPANY = Asked(5, "云栖公交集团有限公司", ("云栖公交",))
LIST = [SCIENCE, HOUSING, EAST, REFORM, COMPANY]


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (Sign(address="Office@163.com"), (1, "address")),
        (Sign(address="chen@kjj.yunqi.gov.cn"), (1, "domain")),
        (Sign(address="chen@mail.kjj.yunqi.gov.cn"), (1, "domain")),
        (Sign(address="li@yunqi.gov.cn"), (2, "domain")),
        (Sign(address="chen@kjj.yunqi.gov.cn", organisation="云栖市发改委"), (1, "domain")),
        (Sign(organisation="云栖市科技局"), (1, "name")),
        (Sign(organisation="云栖市 科学技术局（盖章）"), (1, "name")),
        (Sign(organisation="市科技局"), (1, "name")),
        (Sign(organisation="科委"), (1, "name")),
        (Sign(organisation="东城区科技局"), (3, "name")),
        (Sign(organisation="市住建局"), (2, "name")),
        (Sign(respondent="市发展改革委员会"), (4, "name")),
        (Sign(respondent="云栖公交集团有限责任公司"), (5, "name")),
        (Sign(subject="云栖市科技局关于方案的反馈意见"), (1, "subject")),
        (Sign(subject="反馈意见（市发改委）"), (4, "subject")),
        (Sign(subject="东城区科技局无意见"), (3, "subject")),
        (Sign(text="我局无意见。\n\n云栖市科学技术局\n2026年5月12日"), (1, "signature")),
        (Sign(text="无意见。\n反馈单位：市住房城乡建设局\n联系人：李四\n电话：1"), (2, "signature")),
        (Sign(text="无意见。\n反馈单位（盖章）：市住建局\n联系人：李四\n电话：1"), (2, "signature")),
    ],
)
def test_intake_26_whose_letter_it_is(sign: Sign, expected: tuple[int, str] | None) -> None:
    assert find(LIST, sign) == expected


@pytest.mark.parametrize(
    "sign",
    [
        Sign(),
        Sign(address="anybody@163.com"),
        Sign(address="li@notyunqi.gov.cn"),
        Sign(organisation="科技局"),
        Sign(organisation="西城区科技局"),
        Sign(organisation="邻水市科技局"),
        Sign(organisation="云栖市科技局下属事业单位"),
        Sign(subject="转市科技局"),
        Sign(subject="市科技局所属研究院的意见"),
        Sign(subject="对方案的意见"),
        Sign(text="云栖市科学技术局：\n现将意见反馈如下。请多种树。\n李明"),
        Sign(text="请多种树。\n此致\n云栖市科学技术局\n李明"),
        Sign(text="云栖市科学技术局\n" + "一行。\n" * 8),
        Sign(text="我认为云栖市科学技术局应当参加。"),
    ],
)
def test_what_is_unclear_is_left_to_a_person(sign: Sign) -> None:
    assert find(LIST, sign) is None


def test_a_public_domain_on_the_list_tells_nothing() -> None:
    assert find([Asked(1, "某单位", (), (), ("qq.com",))], Sign(address="a@qq.com")) is None


def test_two_that_share_a_domain_are_told_apart_by_name() -> None:
    both = [
        Asked(1, "云栖市科技局", (), (), ("yunqi.gov.cn",)),
        Asked(2, "云栖市教育局", (), (), ("yunqi.gov.cn",)),
    ]
    assert find(both, Sign(address="a@yunqi.gov.cn")) is None
    assert find(both, Sign(address="a@yunqi.gov.cn", respondent="市教育局")) == (2, "name")


def test_a_folded_signature_is_read_and_a_quotation_is_not() -> None:
    body = "无意见。\n\n--\n云栖市科学技术局\n\n> 云栖市教育局\n> 请于 5 日内反馈"
    assert closing(body, "无意见。").split() == ["--", "云栖市科学技术局"]
    assert closing("别的文字", "无意见。") == closing("x", "") == ""


def test_a_list_as_people_write_it() -> None:
    text = (
        "\ufeff序号 | 单位名称 | 邮箱\n1 | 云栖市科学技术局 | a@kjj.yunqi.gov.cn\n\n"
        "2、云栖市教育局，市教育局，教委，@jyj.yunqi.gov.cn\n（3）云栖大学\tyunqi.edu.cn\n"
        "云栖市教育局,B@JYJ.yunqi.gov.cn\n某公司，qq.com\na@b.example\n坏的，x@@y\n"
    )
    entries, problems = read_list(text)
    assert entries == [
        Entry("云栖市科学技术局", (), ("a@kjj.yunqi.gov.cn",)),
        Entry("云栖市教育局", ("市教育局", "教委"), ("b@jyj.yunqi.gov.cn",), ("jyj.yunqi.gov.cn",)),
        Entry("云栖大学", (), (), ("yunqi.edu.cn",)),
        Entry("某公司"),
        Entry("坏的"),
    ]
    assert problems == [
        Problem(7, "public_domain", "qq.com"),
        Problem(8, "no_name", "a@b.example"),
        Problem(9, "bad_address", "x@@y"),
    ]
    assert read_list(as_text(entries)) == (entries, [])


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_a_list_and_any_letter_has_a_sender_or_none(text: str, said: str) -> None:
    entries, _ = read_list(text)
    asked = [Asked(n, one.name, one.aliases, one.addresses, one.domains) for n, one in enumerate(entries)]
    found = find(asked, Sign(said, said, said, said, said))
    assert found is None or 0 <= found[0] < len(asked)
