"""Orders of the TechCommerce shop and their fulfilment."""

__version__ = "0.1.0"
