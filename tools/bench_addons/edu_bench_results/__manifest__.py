{
    "name": "Edu Bench: Results by Stored Computes",
    "version": "19.0.1.0.0",
    "summary": "What the benchmark of the year's results is compared with",
    "author": "Edu Records contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "external_dependencies": {"python": ["edu-records"]},
    "installable": True,
}
