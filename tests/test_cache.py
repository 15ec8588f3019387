"""Claims about the cache of built indexes: whatever happens to it, the person who asks gets an answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import same
from tpbot import cache
from tpbot.bot import Bot
from tpbot.cache import cached_index
from tpbot.index import Index

QUESTION = "how do i brew tae"


class Progress:
    """Counts how often something that takes a while began."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def __call__(self, sentence: str) -> None:
        """Take note of a sentence."""
        self.sentences.append(sentence)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the path of a cache folder that is not there yet."""
    return tmp_path / "deep" / "cache"


def only_file(folder: Path) -> Path:
    """Return the one file of `folder`."""
    (file,) = folder.iterdir()
    return file


def test_an_index_is_built_once(corpus_folder: Path, folder: Path) -> None:
    """The first time an index is built and kept, the second time it is read, and both are the same."""
    progress = Progress()
    first = cached_index((corpus_folder,), progress, folder)
    assert len(progress.sentences) == 1
    second = cached_index((corpus_folder,), progress, folder)
    assert len(progress.sentences) == 1
    assert same(first, second)
    assert only_file(folder).suffix == ".index"


def test_a_changed_corpus_is_built_again(corpus_folder: Path, folder: Path) -> None:
    """After a change of the corpus the answer is the new one."""
    cached_index((corpus_folder,), None, folder)
    (corpus_folder / "entries/milk.md").write_text("---\nquestion: Milk?\n---\nNever.\n", "utf-8")
    progress = Progress()
    answer = Bot(cached_index((corpus_folder,), progress, folder)).ask("Milk?").answer
    assert len(progress.sentences) == 1
    assert answer is not None
    assert answer.text == "Never."


@pytest.mark.parametrize("name", ["calibration.json", "common-words.txt", "synonyms.txt"])
def test_changed_data_beside_the_code_is_built_again(
    corpus_folder: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An index made with other tables than those that ship today is not served."""
    package = shutil.copytree(Path(cache.__file__).parent, tmp_path / "package")
    monkeypatch.setattr(cache, "__file__", str(package / "cache.py"))
    progress = Progress()
    cached_index((corpus_folder,), progress, folder)
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    cached_index((corpus_folder,), progress, folder)
    assert len(progress.sentences) == 2


def test_the_order_of_corpora_matters(corpus_folder: Path, folder: Path, tmp_path: Path) -> None:
    """Two corpora in another order are another index: the first one's information stands."""
    other = tmp_path / "shop.jsonl"
    other.write_text('{"id": "open", "question": "Open?", "answer": "Yes."}', "utf-8")
    assert cached_index((corpus_folder, other), None, folder).meta.info.id == "tea"
    assert cached_index((other, corpus_folder), None, folder).meta.info.id == "shop"
    assert cached_index((corpus_folder, other), None, folder).meta.info.id == "tea"


@settings(max_examples=60)
@given(st.data())
def test_damage_is_not_noticed_by_who_asks(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever part of a kept index is changed, cut or added, the reply is the same, and it is mended."""
    folder, corpus = _kept(tmp_path_factory)
    file = only_file(folder)
    whole = file.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    filling = data.draw(st.binary(max_size=20))
    file.write_bytes(whole[:start] + filling + whole[end:])
    assert same(cached_index((corpus,), None, folder), Index.open(file))
    assert file.read_bytes() == whole or end - start == len(filling)
    file.write_bytes(whole)


_KEPT: list[tuple[Path, Path]] = []


def _kept(factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a cache folder with one small index, made once, and the corpus it was built from."""
    if not _KEPT:
        corpus = factory.mktemp("tea") / "tea.jsonl"
        corpus.write_text('{"id": "brew", "question": "Brew tea?", "answer": "Pour."}', "utf-8")
        folder = factory.mktemp("kept")
        cached_index((corpus,), None, folder)
        _KEPT.append((folder, corpus))
    return _KEPT[0]


@pytest.mark.parametrize("damage", [b"", b"\0" * 64, b"\x93TPBOT\r\n", b"not an index at all" * 100])
def test_a_foreign_file_is_replaced(corpus_folder: Path, folder: Path, damage: bytes) -> None:
    """A file that is no index is built over, once."""
    before = cached_index((corpus_folder,), None, folder)
    only_file(folder).write_bytes(damage)
    progress = Progress()
    assert same(cached_index((corpus_folder,), progress, folder), before)
    assert same(cached_index((corpus_folder,), progress, folder), before)
    assert len(progress.sentences) == 1


def test_an_index_of_another_version_is_left_alone(
    corpus_folder: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of tpbot or of the format keeps an index of its own and spoils nobody's."""
    before = cached_index((corpus_folder,), None, folder)
    monkeypatch.setattr(cache, "FORMAT", 999)
    assert same(cached_index((corpus_folder,), None, folder), before)
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_no_error(corpus_folder: Path, tmp_path: Path) -> None:
    """Where the cache folder would be a file's child, answers come from memory and nothing is written."""
    (tmp_path / "file").write_bytes(b"mine")
    index = cached_index((corpus_folder,), None, tmp_path / "file" / "cache")
    assert Bot(index).ask(QUESTION).answer is not None
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written_is_no_error(corpus_folder: Path, folder: Path) -> None:
    """Without leave to write into the cache folder, answers come from memory."""
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    try:
        assert Bot(cached_index((corpus_folder,), None, folder)).ask(QUESTION).answer is not None
        if os.geteuid() != 0:  # root may write anywhere
            assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o700)


def test_a_name_that_is_taken_is_no_error(corpus_folder: Path, folder: Path) -> None:
    """Where a folder stands in the index's place, answers come from memory and no file is left over."""
    cached_index((corpus_folder,), None, folder)
    file = only_file(folder)
    file.unlink()
    (file / "inside").mkdir(parents=True)
    assert Bot(cached_index((corpus_folder,), None, folder)).ask(QUESTION).answer is not None
    assert only_file(folder) == file


def test_an_index_is_readable_by_its_owner_alone(corpus_folder: Path, folder: Path) -> None:
    """What a clinic put into its corpus is not shown to other users of the machine."""
    cached_index((corpus_folder,), None, folder)
    assert only_file(folder).stat().st_mode & 0o077 == 0


WRITE_OFTEN = """
import sys
from pathlib import Path
from tpbot.cache import cached_index
from tpbot.index import Index
corpus, folder = Path(sys.argv[1]), Path(sys.argv[2])
index = cached_index((corpus,), None, folder)
(name,) = folder.glob("*.index")
for _ in range(150):
    index.save(name, name.stem)
    assert Index.open(name, name.stem).ids == index.ids
"""


def test_two_processes_at_once(corpus_folder: Path, folder: Path) -> None:
    """Processes that build, write and read the same index at once all succeed, and leave one whole index."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE_OFTEN, str(corpus_folder), str(folder)], stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert same(Index.open(only_file(folder)), cached_index((corpus_folder,), None, folder))


def test_the_environment_names_the_folder(
    corpus_folder: Path, tmp_path: Path, run_python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """TPBOT_CACHE_DIR is where `tpbot ask` keeps its index; it says that it builds the first time only."""
    arguments = ("-m", "tpbot", "ask", "--corpus", str(corpus_folder), "how do I brew tea")
    environment = {"TPBOT_CACHE_DIR": str(tmp_path / "here")}
    first = run_python(*arguments, env=environment)
    second = run_python(*arguments, env=environment)
    assert first.stdout == second.stdout
    assert "index" in first.stderr
    assert second.stderr == ""
    assert only_file(tmp_path / "here").suffix == ".index"
