"""The numbered behaviours of mail intake that reading alone decides, shown on mails of the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from commentbox.core.mail import Damage, parse_mail
from commentbox.core.rules.mail import safe_message_id
from commentbox.core.types import ParsedMail

CORPUS = Path(__file__).parents[1] / "data" / "mail"
CHINESE_LABELS = ["charset-gb2312", "charset-xgbk", "charset-cp936", "charset-gbk-quoted"]
CHINESE_LABELS += [
    f"label-{name}" for name in ("gb2312-80", "chinese", "gb18030", "xgbk-in-quotes", "csgb2312")
]
CHINESE_LABELS += ["label-gbk-in-single-quotes", "label-gb2312-upper", "label-ms936", "label-gbk-semicolon"]
FOREIGN_LABELS = ["utf8", "ascii", "latin1", "none", "unknown", "nosuchset", "cp1252"]


def read(name: str) -> ParsedMail:
    """Return a mail of the corpus as read."""
    return parse_mail((CORPUS / f"{name}.eml").read_bytes())


def test_intake_05_a_message_id_is_none_where_it_cannot_be_one() -> None:
    assert read("message-id-missing").message_id == ""
    assert parse_mail(b"Message-ID:\n\nx").message_id == ""
    assert parse_mail(b"Message-ID: <>\n\nx").message_id in ("", "<>")
    assert safe_message_id(parse_mail(b"Message-ID: <>\n\nx").message_id) == ""
    assert safe_message_id(read("message-id-long").message_id) == ""
    assert read("message-id-long").text.strip() == "正文。"


@pytest.mark.parametrize("name", CHINESE_LABELS)
def test_intake_12_every_chinese_label_means_gb18030(name: str) -> None:
    mail = read(name)
    assert all(char in mail.text for char in "镕喆𠮷")
    assert not mail.doubtful


@pytest.mark.parametrize("name", FOREIGN_LABELS)
def test_intake_12_gbk_under_another_label_is_chinese(name: str) -> None:
    mail = read(f"gbk-under-{name}")
    assert "每一层都装感应灯" in mail.text
    assert Damage.CHARSET_GUESSED in mail.warnings


def test_intake_12_latin_stays_latin() -> None:
    assert "Frösche" in read("latin1-froesche").text
    assert "Größere Frösche am Bächle" in read("latin1-letter").text


@pytest.mark.parametrize(
    "name", ["gb2312-over-utf8", "big5-over-utf8", "utf8-under-big5", "utf8-under-gb2312-base64"]
)
def test_intake_12_utf8_under_a_chinese_label_is_utf8(name: str) -> None:
    mail = read(name)
    assert all(char in mail.text for char in "镕喆𠮷")
    assert not mail.doubtful


@pytest.mark.parametrize(
    "name",
    ["subject-utf8-cut-in-characters", "subject-gbk-cut-in-characters", "subject-cut-labels-differ-in-name"],
)
def test_intake_13_words_cut_inside_a_character_are_joined(name: str) -> None:
    assert read(name).subject == "关于《云栖市老旧小区改造办法（征求意见稿）》第四条第二款的修改建议"


@pytest.mark.parametrize("name", ["subject-words-glued", "subject-missing-padding"])
def test_intake_13_words_without_space_or_padding_are_read(name: str) -> None:
    assert read(name).subject == "关于《云栖市老旧小区改造办法（征求意见稿）》第四条第二款的修改建议"


@pytest.mark.parametrize("name", ["subject-raw-gbk", "subject-raw-utf8", "subject-raw-gbk-no-hint"])
def test_intake_14_a_raw_subject_is_read(name: str) -> None:
    assert read(name).subject == "关于《云栖市老旧小区改造办法（征求意见稿）》第四条第二款的修改建议"


@pytest.mark.parametrize("name", ["from-raw-gbk", "from-raw-utf8"])
def test_intake_14_a_raw_sender_is_read(name: str) -> None:
    mail = read(name)
    assert (mail.from_name, mail.from_address) == ("谭雨霖", "tan@people.example")


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ("name-raw-gbk", "修改意见.pdf"),
        ("name-raw-utf8", "修改意见.pdf"),
        ("name-raw-gbk-no-quotes", "修改意见 终稿.pdf"),
        ("name-rfc2231-gb18030", "镕喆𠮷意见.pdf"),
        ("name-continued-cut-in-character", "云栖市老旧小区改造修改意见反馈表.pdf"),
        ("name-encoded-word-cut-in-character", "意见汇总.pdf"),
        ("name-only-in-content-type", "反馈表.doc"),
        ("name-in-content-type-attachment", "反馈表.pdf"),
    ],
)
def test_intake_14_a_file_name_is_read_however_it_was_written(name: str, filename: str) -> None:
    assert [file.filename for file in read(name).attachments] == [filename]


@pytest.mark.parametrize("name", ["base64-junk-bytes", "base64-cut-short", "base64-advertisement-after"])
def test_intake_15_damaged_base64_is_read_up_to_the_damage_with_a_warning(name: str) -> None:
    mail = read(name)
    assert "第五条建议增加无障碍坡道。" in mail.text
    assert Damage.BASE64_DAMAGED in mail.warnings


@pytest.mark.parametrize("name", ["base64-blank-lines", "base64-spaces-in-lines", "base64-in-two-pieces"])
def test_intake_15_odd_base64_that_lost_nothing_has_no_warning(name: str) -> None:
    assert Damage.BASE64_DAMAGED not in read(name).warnings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("html-only-gbk-meta", "镕记面馆"),
        ("html-only-charset-in-meta", "第三条建议"),
        ("html-only-big5-meta", "建議增加樓道照明"),
    ],
)
def test_intake_15_html_names_its_charset_itself(name: str, words: str) -> None:
    mail = read(name)
    assert words in mail.text
    assert not mail.doubtful


@pytest.mark.parametrize("name", ["gbk-some-bytes-lost", "doubtful-subject"])
def test_intake_16_a_lost_character_makes_a_mail_doubtful(name: str) -> None:
    assert read(name).doubtful


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forward-as-file", "第七条请保留"),
        ("forward-whole", "第七条请保留"),
        ("forward-in-forward", "第七条请保留"),
        ("forward-as-octets", "第七条请保留"),
        ("forwarded-message", "小区东门应增设停车位"),
    ],
)
def test_intake_24_the_text_of_a_forwarded_mail_is_the_letters(name: str, words: str) -> None:
    mail = read(name)
    assert words in mail.text
    assert mail.attachments[-1].media_type == "message/rfc822"


@pytest.mark.parametrize(
    "name", ["tnef-text-and-file", "tnef-gbk-body", "tnef-rich-text", "tnef-html-in-rich-text", "tnef-html"]
)
def test_intake_24_the_text_of_winmail_is_the_letters_where_it_has_none(name: str) -> None:
    assert read(name).text.startswith("第九条请写明验收时间。")


def test_intake_24_the_letters_own_text_stands_before_that_of_winmail() -> None:
    assert "另一份" not in read("tnef-text-of-the-mail-stands").text


def test_intake_24_damaged_winmail_is_kept_itself_with_a_warning() -> None:
    mail = read("tnef-cut-short")
    assert mail.attachments[0].filename == "winmail.dat"
    assert Damage.TNEF_DAMAGED in mail.warnings


@pytest.mark.parametrize("name", ["cloud-qq-text", "cloud-qq-html"])
def test_intake_24_a_cloud_file_has_name_link_and_expiry(name: str) -> None:
    (file,) = read(name).cloud_files
    assert file.name == "楼道照片.zip"
    assert file.link.startswith("https://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=0a1b2c")
    assert (file.size, file.expires) == (int(128.5 * 2**20), "2026年07月03日 21:59")


@pytest.mark.parametrize("name", ["cloud-no-other-links", "cloud-no-script-link"])
def test_intake_24_no_other_link_is_a_cloud_file(name: str) -> None:
    assert read(name).cloud_files == ()
