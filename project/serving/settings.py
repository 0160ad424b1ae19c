"""The server's settings from the environment."""

import math
import os


def seconds(name: str, default: float) -> float:
    """A number of seconds above zero. A bad value ends the process with one sentence."""
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise SystemExit(
            f"{name} must be a number of seconds above zero, such as {default:g}; it is {text!r}."
        )
    return value
