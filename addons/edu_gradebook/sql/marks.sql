-- Marks, conduct and results protect themselves: a change needs a new ledger entry that says exactly
-- what is written, nothing is deleted, and what the principal locked or approved stays as it is.
-- So neither SQL, nor a cascade, nor a stored compute passes by the rules of the application.

-- A period that was reopened until a moment is locked again from then on, whatever its column says.
CREATE OR REPLACE FUNCTION edu_period_state(state varchar, unlock_until timestamp)
    RETURNS varchar LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN state = 'draft' AND unlock_until <= now() AT TIME ZONE 'UTC'
        THEN 'locked' ELSE state END
$$;

-- The row of a pupil who left before the period was over (or was locked) is frozen, and so is a row
-- that a cancelled movement had opened; least() passes over what is not known.
CREATE OR REPLACE FUNCTION edu_row_frozen(sheet_id integer, line_id integer)
    RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT line.active OR coalesce(line.date_end < least(
        (now() AT TIME ZONE school.edu_timezone)::date, period.date_end,
        (book.locked_at AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date), false)
    FROM edu_enrollment line, edu_gradesheet sheet
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    JOIN res_company school ON school.id = book.company_id
    WHERE line.id = line_id AND sheet.id = sheet_id
$$;

CREATE OR REPLACE FUNCTION edu_mark_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before edu_mark;
    sheet record;
    member jsonb;
    cell text;
    recorded text := '';
    copied boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD;
        IF (NEW.id, NEW.gradesheet_id, NEW.enrollment_id, NEW.column_id, NEW.attempt)
            IS DISTINCT FROM
            (OLD.id, OLD.gradesheet_id, OLD.enrollment_id, OLD.column_id, OLD.attempt) THEN
            RAISE EXCEPTION 'edu marks: mark % cannot become another cell', OLD.id;
        END IF;
    ELSE
        SELECT * INTO before FROM edu_mark
        WHERE gradesheet_id = NEW.gradesheet_id AND enrollment_id = NEW.enrollment_id
            AND column_id = NEW.column_id AND attempt = NEW.attempt;
    END IF;
    SELECT s.chain_id, edu_period_state(p.state, p.unlock_until) AS state INTO sheet
    FROM edu_gradesheet s JOIN edu_gradebook_period p ON p.id = s.gradebook_period_id
    WHERE s.id = NEW.gradesheet_id;
    IF edu_row_frozen(NEW.gradesheet_id, NEW.enrollment_id) THEN
        RAISE EXCEPTION 'edu marks: the pupil of row % has left the class', NEW.enrollment_id;
    END IF;
    SELECT NEW.enrollment_id || ':' || c.code || ':' || NEW.attempt INTO cell
    FROM edu_mark_column c WHERE c.id = NEW.column_id;
    IF NEW.entry_seq IS NULL OR NEW.entry_seq <= coalesce(before.entry_seq, 0) THEN
        RAISE EXCEPTION 'edu marks: cell % is changed without a new ledger entry', cell;
    END IF;
    IF before.id IS NOT NULL THEN
        recorded := before.kind || '|' || coalesce(before.token, '');
    END IF;
    SELECT payload::jsonb INTO member FROM edu_ledger_entry
    WHERE chain_id = sheet.chain_id AND seq = NEW.entry_seq AND model = 'edu.mark'
        AND record = NEW.gradesheet_id::text AND slot = cell;
    -- a copy that followed the pupil keeps its author, and is what its origin is
    copied := member ->> 7 = 'follow';
    IF copied AND NOT EXISTS (
        SELECT 1 FROM edu_mark o
        JOIN edu_gradesheet s ON s.id = o.gradesheet_id
        JOIN edu_ledger_chain c ON c.id = s.chain_id
        JOIN edu_enrollment old_line ON old_line.id = o.enrollment_id
        JOIN edu_enrollment new_line ON new_line.id = NEW.enrollment_id
        WHERE o.id = NEW.origin_id AND o.column_id = NEW.column_id AND o.attempt = NEW.attempt
            AND (o.kind, o.token, o.author_id)
                IS NOT DISTINCT FROM (NEW.kind, NEW.token, NEW.author_id)
            AND c.name || '#' || o.entry_seq = member ->> 6
            AND old_line.student_id = new_line.student_id) THEN
        RAISE EXCEPTION 'edu marks: cell % is not the mark that it is said to come from', cell;
    END IF;
    IF NOT coalesce(copied, false) AND NEW.origin_id IS DISTINCT FROM before.origin_id
        AND (TG_OP = 'UPDATE' OR NEW.origin_id IS NOT NULL) THEN
        RAISE EXCEPTION 'edu marks: the origin of cell % cannot be changed', cell;
    END IF;
    IF member IS NULL
        OR (member ->> (CASE WHEN copied THEN 5 ELSE 4 END)) IS DISTINCT FROM NEW.author_id::text
        OR member ->> 11 IS DISTINCT FROM recorded
        OR member ->> 12 IS DISTINCT FROM NEW.kind || '|' || coalesce(NEW.token, '') THEN
        RAISE EXCEPTION 'edu marks: ledger entry % does not say what cell % becomes',
            NEW.entry_seq, cell;
    END IF;
    IF sheet.state <> 'draft' AND NOT (sheet.state = 'locked' AND EXISTS (
        SELECT 1 FROM edu_unlock_grant g
        WHERE g.gradesheet_id = NEW.gradesheet_id
            AND (g.column_id IS NULL OR g.column_id = NEW.column_id)
            AND (g.enrollment_id IS NULL OR g.enrollment_id = NEW.enrollment_id)
            AND now() AT TIME ZONE 'UTC' < g.valid_until)) THEN
        RAISE EXCEPTION 'edu marks: cell % belongs to a locked period and no grant opens it', cell;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_unlock_grant_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (
        (NEW.id, NEW.gradesheet_id, NEW.enrollment_id, NEW.column_id)
            IS DISTINCT FROM (OLD.id, OLD.gradesheet_id, OLD.enrollment_id, OLD.column_id)
        OR NEW.valid_until > OLD.valid_until) THEN
        RAISE EXCEPTION 'edu marks: grant % cannot be widened', OLD.id;
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM edu_ledger_entry e
        JOIN edu_gradesheet s ON s.chain_id = e.chain_id AND s.id = NEW.gradesheet_id
        LEFT JOIN edu_mark_column c ON c.id = NEW.column_id
        WHERE e.seq = NEW.entry_seq AND e.model = 'edu.unlock.grant'
            AND e.record = NEW.gradesheet_id::text
            AND e.slot = coalesce(NEW.enrollment_id::text, '*') || ':' || coalesce(c.code, '*')
            AND e.payload::jsonb ->> 12 =
                to_char(NEW.valid_until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) THEN
        RAISE EXCEPTION 'edu marks: a grant needs its own ledger entry';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_result_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    period_state text;
BEGIN
    SELECT state INTO period_state FROM edu_gradebook_period WHERE id = NEW.gradebook_period_id;
    IF period_state NOT IN ('draft', 'locked') THEN
        RAISE EXCEPTION 'edu results: the principal approved period %', NEW.gradebook_period_id;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.gradebook_period_id, NEW.enrollment_id)
        IS DISTINCT FROM (OLD.id, OLD.gradebook_period_id, OLD.enrollment_id) THEN
        RAISE EXCEPTION 'edu results: result % cannot become another pupil''s', OLD.id;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_conduct_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before edu_period_result;
    period_state text;
BEGIN
    SELECT * INTO before FROM edu_period_result
    WHERE gradebook_period_id = NEW.gradebook_period_id AND enrollment_id = NEW.enrollment_id;
    -- a proposed row without conduct either is new and empty, or becomes an update checked as such
    IF (NEW.conduct, NEW.conduct_seq) IS NOT DISTINCT FROM (before.conduct, before.conduct_seq)
        OR (TG_OP = 'INSERT' AND NEW.conduct IS NULL AND NEW.conduct_seq IS NULL) THEN
        RETURN NEW;
    END IF;
    SELECT edu_period_state(state, unlock_until) INTO period_state
    FROM edu_gradebook_period WHERE id = NEW.gradebook_period_id;
    IF period_state <> 'draft' THEN
        RAISE EXCEPTION 'edu results: conduct belongs to a locked period';
    END IF;
    IF NEW.conduct_seq IS NULL OR NEW.conduct_seq <= coalesce(before.conduct_seq, 0)
        OR NOT EXISTS (
            SELECT 1 FROM edu_ledger_entry e JOIN edu_ledger_chain c ON c.id = e.chain_id
            WHERE c.name = 'edu.gradebook.period:' || NEW.gradebook_period_id
                AND e.seq = NEW.conduct_seq AND e.model = 'edu.period.result'
                AND e.record = NEW.gradebook_period_id::text
                AND e.slot = NEW.enrollment_id || ':conduct'
                AND e.payload::jsonb ->> 11 = coalesce(before.conduct, '')
                AND e.payload::jsonb ->> 12 = coalesce(NEW.conduct, '')) THEN
        RAISE EXCEPTION 'edu results: conduct is changed without a new ledger entry';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_gradebook_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edu gradebook: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER edu_mark_check BEFORE INSERT OR UPDATE ON edu_mark
    FOR EACH ROW EXECUTE FUNCTION edu_mark_check();
CREATE OR REPLACE TRIGGER edu_unlock_grant_check BEFORE INSERT OR UPDATE ON edu_unlock_grant
    FOR EACH ROW EXECUTE FUNCTION edu_unlock_grant_check();
CREATE OR REPLACE TRIGGER edu_result_check BEFORE INSERT OR UPDATE ON edu_period_result
    FOR EACH ROW EXECUTE FUNCTION edu_result_check();
CREATE OR REPLACE TRIGGER edu_conduct_check BEFORE INSERT OR UPDATE ON edu_period_result
    FOR EACH ROW EXECUTE FUNCTION edu_conduct_check();
CREATE OR REPLACE TRIGGER edu_result_check BEFORE INSERT OR UPDATE ON edu_subject_result
    FOR EACH ROW EXECUTE FUNCTION edu_result_check();

CREATE OR REPLACE TRIGGER edu_gradebook_keep BEFORE DELETE ON edu_mark
    FOR EACH ROW EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_truncate BEFORE TRUNCATE ON edu_mark
    FOR EACH STATEMENT EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_keep BEFORE DELETE ON edu_unlock_grant
    FOR EACH ROW EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_truncate BEFORE TRUNCATE ON edu_unlock_grant
    FOR EACH STATEMENT EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_keep BEFORE DELETE ON edu_period_result
    FOR EACH ROW EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_truncate BEFORE TRUNCATE ON edu_period_result
    FOR EACH STATEMENT EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_keep BEFORE DELETE ON edu_subject_result
    FOR EACH ROW EXECUTE FUNCTION edu_gradebook_refuse();
CREATE OR REPLACE TRIGGER edu_gradebook_truncate BEFORE TRUNCATE ON edu_subject_result
    FOR EACH STATEMENT EXECUTE FUNCTION edu_gradebook_refuse();
