"""What every template can use."""

from datetime import datetime

from quart import Quart, request

from frontend.money import decimal, money
from frontend.pages.cart import current_cart
from frontend.pages.upstreams import navigation
from frontend.products import slug
from frontend.settings import Settings
from frontend.staff_session import staff_member


def install_templates(app: Quart, settings: Settings) -> None:
    """Give templates their filters, the shop's name and who looks at them."""
    app.jinja_env.filters.update(money=money, decimal=decimal, moment=moment, day=day, slug=slug)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    async def page() -> dict[str, object]:
        return {
            "shop_name": settings.shop_name,
            "environment": settings.environment,
            "pieces": current_cart().pieces,
            "categories": await navigation().categories(),
            "staff": staff_member(),
            "here": request.path,
        }


def moment(at: datetime) -> str:
    """A day and time for people; the APIs speak UTC."""
    return at.strftime("%-d %b %Y, %H:%M UTC")


def day(at: datetime) -> str:
    """A day for people."""
    return at.strftime("%-d %B %Y")
