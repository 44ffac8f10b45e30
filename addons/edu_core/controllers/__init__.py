from . import document, exchange, ledger, portal
