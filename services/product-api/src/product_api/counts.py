"""What happens in the catalogue, as metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Counts:
    """Business metrics of one application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._products = Gauge(
            "techcommerce_products", "Products by category, as they were last counted", ["category"], registry=registry
        )
        self._changes = Counter(
            "techcommerce_catalogue_changes",
            "Changes by staff: created, changed, deleted, stock",
            ["change"],
            registry=registry,
        )
        self._reservations = Counter(
            "techcommerce_reservations",
            "Reservations: taken, repeated, refused (out of stock) or released",
            ["result"],
            registry=registry,
        )
        self._imported = Counter(
            "techcommerce_imported_products",
            "Products in accepted files: created, updated or unchanged",
            ["result"],
            registry=registry,
        )

    def products(self, by_category: dict[str, int]) -> None:
        """Remember how many there are."""
        self._products.clear()
        for category, number in by_category.items():
            self._products.labels(category).set(number)

    def change(self, change: str) -> None:
        """Count a change by staff."""
        self._changes.labels(change).inc()

    def reservation(self, result: str) -> None:
        """Count what became of a reservation."""
        self._reservations.labels(result).inc()

    def imported(self, **results: int) -> None:
        """Count the products of a file."""
        for result, number in results.items():
            self._imported.labels(result).inc(number)
