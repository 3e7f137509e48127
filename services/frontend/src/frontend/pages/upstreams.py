"""The APIs behind the pages."""

from quart import current_app

from frontend.catalogue import Catalogue
from frontend.navigation import Navigation
from frontend.ordering import Ordering

CATALOGUE = "catalogue"
ORDERING = "ordering"
NAVIGATION = "navigation"


def catalogue() -> Catalogue:
    """The catalogue of the running application."""
    found: Catalogue = current_app.extensions[CATALOGUE]
    return found


def ordering() -> Ordering:
    """The order desk of the running application."""
    found: Ordering = current_app.extensions[ORDERING]
    return found


def navigation() -> Navigation:
    """The categories of the running application."""
    found: Navigation = current_app.extensions[NAVIGATION]
    return found
