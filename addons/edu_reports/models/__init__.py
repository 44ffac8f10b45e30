from . import edu_form, edu_document, edu_correction_month
