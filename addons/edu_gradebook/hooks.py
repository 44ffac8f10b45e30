from odoo.tools import file_open

from odoo.addons.edu_core.hooks import install_script


def post_init_hook(env):
    """The tables exist only now: guard them."""
    install_mark_triggers(env.cr)
    install_result_triggers(env.cr)
    install_attendance_triggers(env.cr)
    install_remark_triggers(env.cr)


def install_mark_triggers(cr):
    """(Re)create the triggers on marks, grants and results, unless another role owns the marks."""
    cr.execute(
        "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class"
        " WHERE oid = 'edu_mark'::regclass"
    )
    if cr.fetchone()[0]:
        # processes that load the registry at the same moment take turns
        cr.execute("SELECT pg_advisory_xact_lock(hashtext('edu triggers'))")
        with file_open("edu_gradebook/sql/marks.sql") as script:
            cr.execute(script.read())


def install_result_triggers(cr):
    """(Re)create the triggers on the year's results, unless another role owns them."""
    install_script(cr, "edu_gradebook/sql/results.sql", "edu_year_subject")


def install_attendance_triggers(cr):
    """(Re)create the triggers on attendance, unless another role owns it; after those on marks,
    whose functions they use."""
    install_script(cr, "edu_gradebook/sql/attendance.sql", "edu_attendance")


def install_remark_triggers(cr):
    """(Re)create the trigger on weekly remarks, unless another role owns them."""
    install_script(cr, "edu_gradebook/sql/remarks.sql", "edu_remark")
