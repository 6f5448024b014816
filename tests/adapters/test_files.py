"""Tests of the adapters that keep files: blobs, models, the lock, mails in files."""

from __future__ import annotations

import hashlib
import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commentbox.adapters.blobs import BlobStore
from commentbox.adapters.lock import sole_owner
from commentbox.adapters.mail_files import find_mails, header_date
from commentbox.adapters.model_store import ModelChanged, ModelStore
from commentbox.core.classifier import Learned, Learner, MeasureModel
from commentbox.core.references import ReferenceFinder
from tests.fixtures.app import small_draft

MAIL = b"From: a@b.example\r\nDate: Mon, 04 May 2026 09:00:00 +0800\r\n\r\nhello\r\n"


def test_blobs_are_kept_once_by_their_hash(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    digest = store.put(b"abc")
    assert digest == store.put(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert store.read(digest) == b"abc"
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64, "Z" * 64])
def test_no_such_blob(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        BlobStore(tmp_path).read(name)


def learned() -> Learned:
    """Return what one decision teaches."""
    draft = small_draft()
    learner = Learner(cold(), ReferenceFinder(draft.nodes, draft.annex))
    learner.learn([("黑灯瞎火", "2.1.1.4")])
    return learner.learned()


def cold() -> MeasureModel:
    """Return the model of the first day."""
    return MeasureModel.from_draft(small_draft().nodes)


def test_what_was_learned_comes_back_as_it_was(tmp_path: Path) -> None:
    draft = small_draft()
    references = ReferenceFinder(draft.nodes, draft.annex)
    assert ModelStore(tmp_path).save("7", learned()) == "0001"
    found = ModelStore(tmp_path).latest("7")
    assert found is not None
    assert (found.version, found.decisions) == ("0001", 1)
    texts = ["行道树飞絮", "公园黑灯瞎火"]
    again, before = (cold().with_learned(one).suggest(texts, references) for one in (found, learned()))
    assert again == before != cold().suggest(texts, references)


def test_newest_model_of_its_own_consultation(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert store.latest("7") is None
    store.save("7", learned())
    store.save("71", learned())
    assert store.save("7", learned()) == "0002"
    newest = store.latest("7")
    assert newest is not None
    assert newest.version == "0002"


def test_changed_model_is_refused(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    store.save("7", learned())
    file = next(tmp_path.glob("7-*.model"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ModelChanged, match="flask train"):
        ModelStore(tmp_path).latest("7")


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "lock") as first, sole_owner(tmp_path / "lock") as second:
        assert (first, second) == (True, False)
    with sole_owner(tmp_path / "lock") as again:
        assert again


def test_finds_mails_in_each_kind_of_place(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "no extension").write_bytes(MAIL)
    box = mailbox.mbox(str(tmp_path / "box"))
    box.add(MAIL)
    box.add(MAIL)
    box.flush()
    folder = mailbox.Maildir(str(tmp_path / "maildir"))
    folder.add(MAIL)
    found = find_mails([tmp_path])
    assert len(found) == 5
    assert all(mail.read().endswith((b"hello\r\n", b"hello\n")) for mail in found)
    assert len({mail.source for mail in found}) == 5


def test_an_mbox_is_cut_at_its_own_lines_only(tmp_path: Path) -> None:
    start = b"From a@people.example Mon May  4 09:00:00 2026\n"
    first = b"Subject: 1\n\nhello\n\nFrom here on we walk.\nFrom 9:00 to 12:00 in 2026\n\nFrom: nobody\n"
    second = b"Subject: 2\n\nno blank line above the next\n"
    (tmp_path / "box").write_bytes(start + first + b"\n" + start + second + start + b"Subject: 3\n\nx\n")
    assert [mail.read() for mail in find_mails([tmp_path])] == [first, second, b"Subject: 3\n\nx\n"]


def test_an_mbox_with_other_line_ends_and_bare_marks_is_cut(tmp_path: Path) -> None:
    one = b"From -\r\nSubject: 1\r\n\r\nx\r\n"
    (tmp_path / "box").write_bytes(one + b"\r\n" + one)
    assert [mail.read() for mail in find_mails([tmp_path])] == [b"Subject: 1\r\n\r\nx\r\n"] * 2


def test_date_of_a_mail_in_a_file() -> None:
    assert header_date(MAIL) == datetime(2026, 5, 4, 1, tzinfo=UTC)
    for broken in (b"\r\n", b"Date: never\r\n\r\n", b"Date: Mon, 99 May 99999 99:00:00 +0800\r\n\r\n"):
        assert header_date(broken) is None


def test_what_lies_beside_mails_in_a_folder_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"no header at all")
    (tmp_path / "b.json").write_bytes(b'{"subject": 1}')
    (tmp_path / "c.html").write_bytes(b"Subject: saved under an odd name\n\nx\n")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    (tmp_path / "0001").write_bytes(b"whatever")
    assert [Path(mail.source).name for mail in find_mails([tmp_path])] == ["0001", "a.eml", "c.html"]
    assert len(find_mails([tmp_path / "d.png"])) == 1
