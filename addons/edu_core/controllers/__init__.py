from . import document, portal
