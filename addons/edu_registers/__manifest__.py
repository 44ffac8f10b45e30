{
    "name": "Edu Registers",
    "version": "19.0.1.0.0",
    "summary": "Transcripts of pupils, year by year",
    "category": "Services/Education",
    "author": "Edu Records contributors",
    "license": "LGPL-3",
    "depends": ["edu_gradebook"],
    "external_dependencies": {"python": ["edu-records"]},
    "data": [
        "security/ir.model.access.csv",
        "security/edu_registers_rules.xml",
        "data/edu_signing_step_data.xml",
        "views/edu_transcript_views.xml",
        "views/edu_gradebook_period_views.xml",
        "views/edu_menus.xml",
    ],
    "demo": ["demo/edu_registers_demo.xml"],
}
