{
    "name": "Edu Reports",
    "version": "19.0.1.0.0",
    "summary": "Official forms of Vietnamese schools, printed from approved snapshots",
    "category": "Services/Education",
    "author": "Edu Records contributors",
    "license": "LGPL-3",
    "depends": ["edu_core", "edu_gradebook", "edu_registers", "edu_signing"],
    "external_dependencies": {"python": ["edu-records", "reportlab", "z3c.rml"]},
    "data": [
        "security/ir.model.access.csv",
        "templates/rml_common.xml",
        "templates/class_gradebook_tt22_thcs.xml",
        "templates/transcript_year_tt22_thcs.xml",
        "data/edu_form_data.xml",
        "views/edu_form_views.xml",
    ],
    "demo": ["demo/edu_form_demo.xml"],
}
