"""Claims about what imports what, and what is loaded when."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tpbot
from tpbot.bot import Bot
from tpbot.cli import COMMANDS

PACKAGE = Path(tpbot.__file__).parent
RunPython = Callable[..., subprocess.CompletedProcess[str]]

GROUND_FLOOR = {"tpbot", "tpbot.errors", "tpbot.records", "tpbot.text", "tpbot.config"}
"""What everything else may import, and what imports nothing else."""
FACES = {"tpbot.cli", "tpbot.render", "tpbot.repl", "tpbot.server", "tpbot.commands"}
"""What the bot and its stages know nothing of."""
BUILD_TIME = {"sklearn", "scipy", "threadpoolctl"}
HEAVY = {*BUILD_TIME, "prompt_toolkit", "markdown_it", "yaml", "hypothesis"}
"""What answering a question with a kept index does without."""


def modules() -> dict[str, Path]:
    """Return the path of each module of the package, by its full name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path, *, inner: bool = True) -> Iterator[str]:
    """Yield the full names of what a module imports when it runs: not for type checkers alone.

    Args:
        path: The module.
        inner: Whether imports inside functions count.
    """
    todo: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo.extend(node.orelse)
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not inner:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            yield from (
                name if (name := f"{module}.{alias.name}") in MODULES else module for alias in node.names
            )
        todo.extend(ast.iter_child_nodes(node))


def graph() -> dict[str, set[str]]:
    """Return what each module of the package imports of the package, anywhere in it."""
    return {
        name: {other for other in imports(path) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }


def reached(start: str) -> set[str]:
    """Return the modules of the package that `start` imports, directly or not."""
    edges, found, todo = graph(), set[str](), [start]
    while todo:
        for other in edges[todo.pop()] - found:
            found.add(other)
            todo.append(other)
    return found


def test_there_are_no_circles() -> None:
    """No module imports itself by way of others, not even inside a function."""
    try:
        order = list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")
    assert len(order) == len(MODULES) > 20


@pytest.mark.parametrize("name", sorted(GROUND_FLOOR))
def test_the_ground_floor_stands_on_itself(name: str) -> None:
    """Errors, records, text and settings import only each other."""
    assert graph()[name] <= GROUND_FLOOR


def test_the_bot_knows_no_face() -> None:
    """The bot and everything that it stands on import no face."""
    for name in reached("tpbot.bot"):
        assert not any(name == face or name.startswith(f"{face}.") for face in FACES), name


def test_stages_know_no_bot() -> None:
    """What the bot is made of does not import the bot."""
    assert all("tpbot.bot" not in graph()[name] for name in reached("tpbot.bot"))


def test_scikit_learn_is_for_building() -> None:
    """`build` alone, of all that the bot stands on, imports scikit-learn, and only inside functions."""
    users = {
        name
        for name in {"tpbot.bot", *reached("tpbot.bot")}
        if BUILD_TIME & {other.partition(".")[0] for other in imports(MODULES[name])}
    }
    assert users == {"tpbot.build"}
    top = imports(MODULES["tpbot.build"], inner=False)
    assert not BUILD_TIME & {name.partition(".")[0] for name in top}


def loaded(run_python: RunPython, code: str) -> set[str]:
    """Return the top-level packages that a process has loaded after `code`."""
    done = run_python("-c", f"{code}\nimport json, sys\nprint()\nprint(json.dumps(sorted(sys.modules)))")
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_importing_tpbot_loads_nothing_else(run_python: RunPython) -> None:
    """`import tpbot` alone loads neither numpy nor anything else that was installed for it."""
    new = loaded(run_python, "import tpbot") - loaded(run_python, "")
    assert new - sys.stdlib_module_names == {"tpbot"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_no_numbers(run_python: RunPython, option: str) -> None:
    """`tpbot --help` does not load numpy."""
    names = loaded(run_python, f"from tpbot.cli import main\nmain(['{option}'])")
    assert not {*HEAVY, "numpy"} & names


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "what does a trigger point feel like"],
        ["ask", "--json", "wat dose a triger piont feel like"],
        ["ask", "???"],
    ],
)
def test_asking_loads_nothing_for_building(run_python: RunPython, arguments: list[str]) -> None:
    """With a kept index `tpbot ask` loads neither scikit-learn, scipy, prompt_toolkit nor a parser."""
    names = loaded(run_python, f"from tpbot.cli import main\nassert main({arguments!r}) in (0, 1)")
    assert "numpy" in names
    assert not HEAVY & names


@pytest.mark.usefixtures("bot")
def test_loading_a_bot_loads_nothing_for_building(run_python: RunPython) -> None:
    """With a kept index `Bot.load` and `ask` load neither scikit-learn, scipy nor prompt_toolkit."""
    names = loaded(run_python, "import tpbot\ntpbot.Bot.load().ask('how long does a knot last')")
    assert not HEAVY & names


def test_public_names() -> None:
    """Every public name is there, and `dir` lists it; any other name is an `AttributeError`."""
    for name in tpbot.__all__:
        assert getattr(tpbot, name) is not None
    assert set(tpbot.__all__) <= set(dir(tpbot))
    assert tpbot.Bot is Bot
    with pytest.raises(AttributeError, match="no attribute 'Bto'"):
        _ = tpbot.Bto


def test_commands_are_modules() -> None:
    """Each command of the command line is a module with options and a run."""
    for module, help_line in COMMANDS.values():
        assert module in MODULES
        names = {node.name for node in ast.parse(MODULES[module].read_text()).body if hasattr(node, "name")}
        assert {"add_arguments", "run"} <= names
        assert help_line


def test_the_interpreter_is_new_enough() -> None:
    """The tests run on a Python that the package says it supports."""
    assert sys.version_info >= (3, 11)
