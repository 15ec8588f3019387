"""Claims about what is shipped: a wheel and a source distribution, each installed on its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import tpbot

ROOT = Path(__file__).parent.parent
QUESTION = "what does a triger point feel like"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source distribution, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def wheel(folder: Path) -> Path:
    """Return the one wheel in `folder`."""
    (found,) = folder.glob("*.whl")
    return found


def source_distribution(folder: Path) -> Path:
    """Return the one source distribution in `folder`."""
    (found,) = folder.glob("*.tar.gz")
    return found


def test_a_wheel_holds_the_package_and_the_corpus(distributions: Path) -> None:
    """A wheel has every file of the package and of the corpus that is in the checkout, and nothing else."""
    with zipfile.ZipFile(wheel(distributions)) as file:
        names = set(file.namelist())
    package = {f"tpbot/{name}" for name in files(ROOT / "tpbot")}
    corpus = {f"tpbot/_corpus/{name}" for name in files(ROOT / "corpus")}
    assert {name for name in names if ".dist-info/" not in name} == package | corpus
    assert "tpbot/_corpus/corpus.toml" in names
    assert "tpbot/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def files(folder: Path) -> set[str]:
    """Return the files in `folder`, by path in it, without what Python puts there."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_a_source_distribution_holds_what_tests_need(distributions: Path) -> None:
    """A source distribution has the corpus, the tests, the documentation and the licence."""
    with tarfile.open(source_distribution(distributions)) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {
        "corpus/corpus.toml",
        "tests/test_package.py",
        "tests/conftest.py",
        "LICENSE",
        "README.md",
    } <= names
    assert {"pyproject.toml", ".ci/run", "tpbot/cli.py"} <= names
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


@pytest.mark.parametrize("find", [wheel, source_distribution])
def test_an_installed_distribution_answers(
    distributions: Path, tmp_path: Path, find: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed in a virtual environment, `tpbot ask` answers from the corpus that ships, in any folder."""
    assert callable(find)
    python = environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
        str(find(distributions)), cwd=tmp_path)  # fmt: skip
    monkeypatch.setenv("TPBOT_CACHE_DIR", str(tmp_path / "cache"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = python.with_name("tpbot")
    assert run(command, "--version", cwd=elsewhere).stdout == f"tpbot {tpbot.__version__}\n"
    first = run(command, "ask", QUESTION, cwd=elsewhere)
    assert "trigger point feel like?" in first.stdout
    assert run(command, "ask", QUESTION, cwd=elsewhere).stdout == first.stdout
    where = run(python, "-c", "import tpbot.corpus as c; print(c.builtin_path())", cwd=elsewhere).stdout
    assert Path(where.strip()).is_relative_to(tmp_path / "venv")


def environment(folder: Path) -> Path:
    """Make a virtual environment that sees the libraries of this one but not its tpbot; return its Python.

    Only tpbot itself is installed anew: nothing is fetched, so that this runs without a network.
    """
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout
    libraries = Path(sysconfig.get_path("purelib"))
    for entry in libraries.iterdir():
        if "tpbot" not in entry.name and not (there := Path(packages.strip()) / entry.name).exists():
            there.symlink_to(entry)
    return python


def run(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in `cwd` and return what it wrote; fail with what it wrote if it fails."""
    command = [str(program), *arguments]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done
