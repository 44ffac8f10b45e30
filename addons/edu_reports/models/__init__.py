from . import edu_form, edu_document
