"""The TechCommerce shop and the gateway to its APIs."""

__version__ = "0.1.0"
