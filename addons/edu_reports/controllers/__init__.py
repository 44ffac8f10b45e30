from . import correction_month, form_preview
