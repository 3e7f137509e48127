"""The TechCommerce platform's command line tool."""
