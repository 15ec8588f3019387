"""Settings from the environment and the user's folders. Nothing else in tpbot reads the environment.

TPBOT_REGION     whose emergency numbers to show: GB, IE, US, CA, IN, AU, NZ or EU
TPBOT_EDITING    keys of the prompt: emacs or vi
TPBOT_CACHE_DIR  where built indexes are kept, instead of the user's cache folder
TPBOT_DEBUG      when not empty, an unexpected error shows its traceback
NO_COLOR, TERM   when NO_COLOR is not empty or TERM is `dumb`, output is plain
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TextIO, get_args

from tpbot.errors import UsageError, did_you_mean
from tpbot.records import Region

EditingMode = Literal["emacs", "vi"]
REGIONS: tuple[Region, ...] = get_args(Region)


def parse_region(text: str) -> Region:
    """Return the region that `text` names, in capitals or not; `UK` is read as `GB`.

    Raises:
        UsageError: It is none of the regions whose numbers are known.
    """
    wanted = text.strip().upper()
    for region in REGIONS:
        if region == ("GB" if wanted == "UK" else wanted):
            return region
    raise UsageError(
        f"there are no emergency numbers for the region `{text}`. Use one of {', '.join(REGIONS)}."
    )


def region() -> Region | None:
    """Return the region of TPBOT_REGION, None when it is unset or empty.

    Raises:
        UsageError: TPBOT_REGION is none of the regions whose numbers are known.
    """
    text = os.environ.get("TPBOT_REGION", "")
    try:
        return parse_region(text) if text.strip() else None
    except UsageError as error:
        raise UsageError(f"TPBOT_REGION: {error}") from None


def editing_mode() -> EditingMode:
    """Return the editing keys of TPBOT_EDITING, emacs when it is unset or empty.

    Raises:
        UsageError: TPBOT_EDITING is neither emacs nor vi.
    """
    text = os.environ.get("TPBOT_EDITING", "").strip().lower() or "emacs"
    for mode in get_args(EditingMode):
        if text == mode:
            return mode  # type: ignore[no-any-return]  # get_args forgets the type
    hint = did_you_mean(text, get_args(EditingMode))
    raise UsageError(f"TPBOT_EDITING is `{text}`. {hint or 'Set it to emacs or vi.'}")


def debugging() -> bool:
    """Return whether an unexpected error shows its traceback."""
    return bool(os.environ.get("TPBOT_DEBUG"))


def is_dumb_terminal() -> bool:
    """Return whether the terminal says that it cannot move its cursor."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def wants_colour(stream: TextIO) -> bool:
    """Return whether escape codes for bold and colour may be written to `stream`.

    See https://no-color.org: any value of NO_COLOR but an empty one turns colour off.
    """
    return not os.environ.get("NO_COLOR") and not is_dumb_terminal() and stream.isatty()


def cache_folder() -> Path:
    """Return the folder for built indexes. It need not exist."""
    chosen = os.environ.get("TPBOT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("tpbot", appauthor=False)
