"""The browser's modules of a page, named before it has found them: it would else learn of each only from the last."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

# `import ... from "./x.js"`, `import "./x.js"` and `export ... from "./x.js"`, each of which begins a line.
_IMPORT = re.compile(r'^(?:import|export)\b[^"\']*?["\'](\.[^"\']+)["\']', re.MULTILINE)


@register.simple_tag
def preload_modules(entry: str) -> SafeString:
    """Links that preload the module `entry`, as in "chat/app.js", and all that it imports, directly or not."""
    names = _walk(entry) if settings.DEBUG else modules_of(entry)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(name),) for name in names))


@cache
def modules_of(entry: str) -> tuple[str, ...]:
    """The static files that a page gets for a module, itself the first. A file that is not there is left out."""
    return _walk(entry)


def _walk(entry: str) -> tuple[str, ...]:
    names = [entry]
    for name in names:
        names += [found for found in _imports(name) if found not in names]
    return tuple(name for name in names if finders.find(name))


def _imports(name: str) -> list[str]:
    path = finders.find(name)
    text = Path(path).read_text() if path else ""
    return list(dict.fromkeys(normpath(join(dirname(name), found)) for found in _IMPORT.findall(text)))
