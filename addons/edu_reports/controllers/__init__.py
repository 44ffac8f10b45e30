from . import form_preview
