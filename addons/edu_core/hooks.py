import re

from odoo.tools import SQL, file_open

# guards the lifecycle of a model: its table, its name
RECORD_TRIGGER = (
    "CREATE OR REPLACE TRIGGER edu_record_check BEFORE INSERT OR UPDATE OR DELETE ON %s"
    " FOR EACH ROW EXECUTE FUNCTION edu_record_check(%s);"
)
EVENTS = re.compile(r"(BEFORE|AFTER) ([A-Z OR]+?) ON")


def post_init_hook(env):
    """Tables of both ledger models exist only now: guard them."""
    install_ledger_triggers(env.cr)


def install_ledger_triggers(cr):
    """(Re)create the ledger's triggers, unless a hardened database gave the table away.

    After ``tools/harden`` the entries belong to another role, which owns the triggers too: then
    Odoo's role cannot replace them, and that is the point.
    """
    install_script(cr, "edu_core/sql/ledger.sql", "edu_ledger_entry")
    # functions only: the tables of records, which are many, get their triggers one by one
    install_functions(cr, "edu_core/sql/records.sql", "edu_record_check")
    install_functions(cr, "edu_core/sql/chained.sql", "edu_chained_check")


def install_script(cr, path, table):
    """Run a script of functions and triggers, unless ``table`` belongs to another role."""
    if is_own_table(cr, table):
        run_script(cr, path)


def run_script(cr, path):
    """Run a script; processes that load the registry at the same moment take turns."""
    cr.execute("SELECT pg_advisory_xact_lock(hashtext('edu triggers'))")
    with file_open(path) as script:
        cr.execute(script.read())


def install_functions(cr, path, function):
    """(Re)create the functions of a script, unless ``function`` belongs to another role."""
    cr.execute(
        "SELECT 1 FROM pg_proc WHERE proname = %s AND pg_get_userbyid(proowner) <> current_user",
        [function],
    )
    if not cr.fetchone():
        run_script(cr, path)


def install_guards(cr, table, guards):
    """(Re)create those triggers of a table that are not as they have to be.

    :param guards: ``{name: statement}``; a trigger that is as it has to be, or switched off, stays
    """
    if not is_own_table(cr, table):
        return
    cr.execute("SELECT pg_advisory_xact_lock(hashtext('edu triggers'))")
    cr.execute(
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
        [table],
    )
    present = {name: normalised(definition) for name, definition in cr.fetchall()}
    for name, statement in guards.items():
        if present.get(name) == normalised(statement):
            continue
        if name in present:
            cr.execute(SQL("DROP TRIGGER %s ON %s", SQL.identifier(name), SQL.identifier(table)))
        cr.execute(statement)


def normalised(definition):
    """A trigger's definition without what PostgreSQL writes otherwise than we do."""
    text = " ".join(definition.replace("public.", "").rstrip(";").split())
    text = text.replace("CREATE OR REPLACE TRIGGER", "CREATE TRIGGER")
    return EVENTS.sub(lambda m: f"{m[1]} {' OR '.join(sorted(m[2].split(' OR ')))} ON", text)


def is_own_table(cr, table):
    """Whether the table is there and belongs to the role that Odoo connects as."""
    cr.execute(
        "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = to_regclass(%s)",
        [table],
    )
    row = cr.fetchone()
    return bool(row and row[0])


def install_record_trigger(cr, model, table):
    """(Re)create the trigger on a model with a lifecycle, unless another role owns its table."""
    if is_own_table(cr, table):
        cr.execute("SELECT pg_advisory_xact_lock(hashtext('edu triggers'))")
        cr.execute(SQL(RECORD_TRIGGER, SQL.identifier(table), model))
