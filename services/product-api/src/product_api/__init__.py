"""Catalogue and stock of the TechCommerce shop."""

__version__ = "0.1.0"
