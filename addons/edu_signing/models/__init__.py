from . import (
    edu_certificate,
    edu_dashboard,
    edu_document,
    edu_ledger_anchor,
    edu_signature,
    edu_signing_wizard,
    edu_trust_anchor,
    res_company,
)
