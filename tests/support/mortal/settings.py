"""The site's settings, and an app that ends the process at step DIE_AT."""

from project.settings import *  # noqa: F403
from project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.mortal.apps.Mortal"]
