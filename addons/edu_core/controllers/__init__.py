from . import document, ledger
