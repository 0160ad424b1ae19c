"""The site's settings, and an app that ends the process at a chosen step."""

from project.settings import *  # noqa: F403
from project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.mortal.apps.Mortal"]
