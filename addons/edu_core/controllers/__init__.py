from . import document, ledger, portal
