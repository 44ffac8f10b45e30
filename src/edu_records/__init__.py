"""Rules, ledger, signatures and workbooks for the official records of Vietnamese schools."""

__version__ = "0.1.0"
