"""Console scripts; each runs where no Odoo is installed."""
