-- Marks, conduct and results protect themselves: a change needs a new ledger entry that says exactly
-- what is written, nothing is deleted, and what the principal locked or approved stays as it is.
-- So neither SQL, nor a cascade, nor a stored compute passes by the rules of the application.

-- A period that was reopened until a moment is locked again from then on, whatever its column says.
CREATE OR REPLACE FUNCTION edu_period_state(state varchar, unlock_until timestamp)
    RETURNS varchar LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN state = 'draft' AND unlock_until <= now() AT TIME ZONE 'UTC'
        THEN 'locked' ELSE state END
$$;

-- A period that has books of its own (the end of the year in primary) is no more than itself; else a
-- window of it holds for the periods that are part of it.
CREATE OR REPLACE FUNCTION edu_has_book(of_period integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM edu_gradebook_period WHERE period_id = of_period)
$$;

-- Windows in force whose scope has the sheet in it, whatever their columns.
CREATE OR REPLACE FUNCTION edu_sheet_windows(sheet_id integer)
    RETURNS SETOF edu_lock_window LANGUAGE sql STABLE AS $$
    SELECT w.* FROM edu_gradesheet s
    JOIN edu_class c ON c.id = s.class_id
    JOIN edu_grade g ON g.id = c.grade_id
    JOIN edu_period p ON p.id = s.period_id
    JOIN edu_lock_window w ON w.school_year_id = c.school_year_id AND w.active AND w.in_force
        AND (w.period_id IS NULL OR w.period_id = p.id
            OR w.period_id = p.parent_id AND NOT edu_has_book(p.parent_id))
        AND (w.level_id IS NULL OR w.level_id = g.level_id)
        AND (w.grade_id IS NULL OR w.grade_id = g.id)
        AND (w.class_id IS NULL OR w.class_id = c.id)
        AND (w.subject_id IS NULL OR w.subject_id = s.subject_id)
    WHERE s.id = sheet_id
$$;

-- The close, if any, that has closed a whole period of a class's book; a period that the principal
-- reopened until a moment is open until then.
CREATE OR REPLACE FUNCTION edu_book_close(book_id integer)
    RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT w.id FROM edu_gradebook_period b
    JOIN edu_class c ON c.id = b.class_id
    JOIN edu_grade g ON g.id = c.grade_id
    JOIN edu_period p ON p.id = b.period_id
    JOIN edu_lock_window w ON w.school_year_id = c.school_year_id AND w.active AND w.in_force
        AND w.kind = 'close' AND w.opens_at <= now() AT TIME ZONE 'UTC'
        AND (w.period_id IS NULL OR w.period_id = p.id
            OR w.period_id = p.parent_id AND NOT edu_has_book(p.parent_id))
        AND (w.level_id IS NULL OR w.level_id = g.level_id)
        AND (w.grade_id IS NULL OR w.grade_id = g.id)
        AND (w.class_id IS NULL OR w.class_id = c.id)
        AND w.subject_id IS NULL AND w.column_kind IS NULL AND w.column_id IS NULL
    WHERE b.id = book_id
        AND (b.unlock_until IS NULL OR b.unlock_until <= now() AT TIME ZONE 'UTC')
    ORDER BY w.opens_at, w.id LIMIT 1
$$;

-- Why a column of a sheet is closed at this moment for a first mark or for a correction, grants
-- left aside: the one answer that the application tells and the trigger obeys. NULL: open.
CREATE OR REPLACE FUNCTION edu_mark_lock(
    sheet_id integer, mark_column_id integer, correction boolean,
    OUT code text, OUT window_id integer) LANGUAGE plpgsql STABLE AS $$
DECLARE
    moment timestamp := now() AT TIME ZONE 'UTC';
    book record;
    mark_kind text;
BEGIN
    SELECT edu_period_state(p.state, p.unlock_until) AS state, p.unlock_until INTO book
    FROM edu_gradesheet s JOIN edu_gradebook_period p ON p.id = s.gradebook_period_id
    WHERE s.id = sheet_id;
    IF book.state <> 'draft' THEN
        code := CASE book.state WHEN 'locked' THEN 'LOCKED' ELSE 'APPROVED' END;
        RETURN;
    ELSIF book.unlock_until > moment THEN
        RETURN;
    END IF;
    SELECT kind INTO mark_kind FROM edu_mark_column WHERE id = mark_column_id;
    -- what is closed is closed for everything below it
    SELECT 'CLOSED', w.id INTO code, window_id FROM edu_sheet_windows(sheet_id) w
    WHERE w.kind = 'close' AND w.opens_at <= moment
        AND (w.column_kind IS NULL OR w.column_kind = mark_kind)
        AND (w.column_id IS NULL OR w.column_id = mark_column_id)
    ORDER BY w.opens_at, w.id LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    -- marks of the time before the exam are corrected until its deadline
    IF correction AND mark_kind <> 'final' THEN
        SELECT CASE WHEN w.correct_until <= moment THEN 'LATE' END, w.id INTO code, window_id
        FROM edu_sheet_windows(sheet_id) w WHERE w.kind = 'exam'
        ORDER BY w.narrowness DESC, w.correct_until, w.id LIMIT 1;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    -- the narrowest decides; of equally narrow ones an open one suffices
    SELECT CASE WHEN w.opens_at > moment THEN 'NOT_YET' WHEN w.closes_at <= moment THEN 'OVER' END,
        w.id INTO code, window_id
    FROM edu_sheet_windows(sheet_id) w
    WHERE (w.kind = 'entry' OR w.kind = 'exam' AND mark_kind = 'final')
        AND (w.column_kind IS NULL OR w.column_kind = mark_kind)
        AND (w.column_id IS NULL OR w.column_id = mark_column_id)
    ORDER BY w.narrowness DESC,
        CASE WHEN w.opens_at > moment THEN 1 WHEN w.closes_at <= moment THEN 2 ELSE 0 END,
        abs(extract(epoch FROM w.opens_at - moment)), w.id
    LIMIT 1;
END $$;

-- A window says what the school's chain recorded last of it; asked at the end of the transaction,
-- because the entry follows the change. What was never given has no entry but its default.
CREATE OR REPLACE FUNCTION edu_lock_window_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept edu_lock_window;
    zone text;
    wrong text;
BEGIN
    SELECT * INTO kept FROM edu_lock_window WHERE id = NEW.id;
    SELECT edu_timezone INTO zone FROM res_company WHERE id = kept.company_id;
    IF (kept.opens_at AT TIME ZONE 'UTC') IS DISTINCT FROM
            (kept.date_from::timestamp AT TIME ZONE zone)
        OR (kept.closes_at AT TIME ZONE 'UTC') IS DISTINCT FROM
            ((kept.date_to::timestamp + make_interval(mins => round(kept.hour_to * 60)::integer))
                AT TIME ZONE zone)
        OR kept.correct_until >= kept.exam_date THEN
        RAISE EXCEPTION 'edu marks: the moments of window % are not those of its days', NEW.id;
    END IF;
    SELECT said.slot INTO wrong
    FROM (VALUES
        ('kind', kept.kind, 'entry'),
        ('date_from', kept.date_from::text, ''), ('date_to', kept.date_to::text, ''),
        ('exam_date', kept.exam_date::text, ''), ('column_kind', kept.column_kind, ''),
        ('school_year_id', kept.school_year_id::text, ''), ('period_id', kept.period_id::text, ''),
        ('level_id', kept.level_id::text, ''), ('grade_id', kept.grade_id::text, ''),
        ('class_id', kept.class_id::text, ''), ('subject_id', kept.subject_id::text, ''),
        ('column_id', kept.column_id::text, ''),
        ('in_force', CASE WHEN kept.in_force THEN 'yes' ELSE 'no' END, 'yes'),
        ('active', CASE WHEN kept.active THEN 'yes' ELSE 'no' END, 'yes')
    ) AS said (slot, value, unsaid)
    LEFT JOIN LATERAL (
        SELECT e.payload::jsonb ->> 12 AS value FROM edu_ledger_entry e
        JOIN edu_ledger_chain c ON c.id = e.chain_id
        WHERE c.name = 'school:' || kept.company_id AND e.model = 'edu.lock.window'
            AND e.record = kept.id::text AND e.slot = said.slot
        ORDER BY e.seq DESC LIMIT 1
    ) AS recorded ON true
    WHERE coalesce(said.value, '') <> CASE
        WHEN recorded.value IS NULL THEN said.unsaid
        WHEN said.slot LIKE '%\_id' THEN split_part(recorded.value, ' ', 1)
        ELSE recorded.value END
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'edu marks: the ledger does not say % of window %', wrong, NEW.id;
    END IF;
    RETURN NULL;
END $$;

-- The row of a pupil who left before the period was over (or was locked) is frozen, and so is a row
-- that a cancelled movement had opened, and that of one who does not take the subject; least() passes
-- over what is not known.
CREATE OR REPLACE FUNCTION edu_row_frozen(sheet_id integer, line_id integer)
    RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT line.active OR EXISTS (
        SELECT 1 FROM edu_subject_choice choice WHERE choice.enrollment_id = line.id
            AND choice.subject_id = sheet.subject_id AND NOT choice.taken) OR coalesce(line.date_end < least(
        (now() AT TIME ZONE school.edu_timezone)::date, period.date_end,
        (book.locked_at AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date), false)
    FROM edu_enrollment line, edu_gradesheet sheet
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    JOIN res_company school ON school.id = book.company_id
    WHERE line.id = line_id AND sheet.id = sheet_id
$$;

-- Whether a cell of a scale may say this. Scales: score (8.5), comment and goal (Đ, CĐ), level (T, H,
-- C), whole (a test's 0 to 10), trait (T, Đ, C); only the first two have a result for what was missed.
CREATE OR REPLACE FUNCTION edu_token_fits(scale text, kind text, token text)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(CASE kind
        WHEN 'value' THEN token ~ CASE scale
            WHEN 'score' THEN '^(10|[0-9](\.[1-9])?)$'
            WHEN 'comment' THEN '^(Đ|CĐ)$'
            WHEN 'goal' THEN '^(Đ|CĐ)$'
            WHEN 'level' THEN '^[THC]$'
            WHEN 'whole' THEN '^(10|[0-9])$'
            WHEN 'trait' THEN '^(T|Đ|C)$' END
        WHEN 'zero' THEN scale IN ('score', 'comment')
            AND token = CASE scale WHEN 'score' THEN '0' ELSE 'CĐ' END
        ELSE token IS NULL END, false)
$$;

CREATE OR REPLACE FUNCTION edu_mark_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before edu_mark;
    col record;
    sheet record;
    closed text;
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
        -- the cell exists: the insertion fails, or becomes the update that is checked
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT s.chain_id, s.assess, one.regulation_id, c.edu_correction_hours AS hours INTO sheet
    FROM edu_gradesheet s JOIN res_company c ON c.id = s.company_id
    JOIN edu_class one ON one.id = s.class_id
    WHERE s.id = NEW.gradesheet_id;
    IF edu_row_frozen(NEW.gradesheet_id, NEW.enrollment_id) THEN
        RAISE EXCEPTION 'edu marks: the pupil of row % has left the class or takes no such subject',
            NEW.enrollment_id;
    END IF;
    SELECT c.code, c.regulation_id,
        CASE c.scale WHEN 'subject' THEN sheet.assess ELSE c.scale END AS scale INTO col
    FROM edu_mark_column c WHERE c.id = NEW.column_id;
    cell := NEW.enrollment_id || ':' || col.code || ':' || NEW.attempt;
    IF col.regulation_id IS DISTINCT FROM sheet.regulation_id
        OR NOT edu_token_fits(col.scale, NEW.kind, NEW.token) THEN
        RAISE EXCEPTION 'edu marks: % is not of the scale of cell %', NEW.token, cell;
    END IF;
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
    copied := coalesce(member ->> 7 = 'follow', false);
    IF copied AND NOT EXISTS (
        SELECT 1 FROM edu_mark o
        JOIN edu_gradesheet s ON s.id = o.gradesheet_id
        JOIN edu_ledger_chain c ON c.id = s.chain_id
        JOIN edu_enrollment old_line ON old_line.id = o.enrollment_id
        JOIN edu_enrollment new_line ON new_line.id = NEW.enrollment_id
        WHERE o.id = NEW.origin_id AND o.column_id = NEW.column_id AND o.attempt = NEW.attempt
            AND (o.kind, o.token, o.author_id, coalesce(o.first_at, o.entered_at))
                IS NOT DISTINCT FROM (NEW.kind, NEW.token, NEW.author_id, NEW.first_at)
            AND c.name || '#' || o.entry_seq = member ->> 6
            AND old_line.student_id = new_line.student_id) THEN
        RAISE EXCEPTION 'edu marks: cell % is not the mark that it is said to come from', cell;
    END IF;
    IF NOT copied AND NEW.origin_id IS DISTINCT FROM before.origin_id
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
    SELECT code INTO closed FROM edu_mark_lock(NEW.gradesheet_id, NEW.column_id,
        before.id IS NOT NULL AND before.kind <> 'absent');
    -- a window is for those who enter marks, not for what follows the pupil
    IF closed IS NOT NULL AND NOT (copied AND closed NOT IN ('LOCKED', 'APPROVED'))
        AND NOT (closed <> 'APPROVED' AND EXISTS (
        SELECT 1 FROM edu_unlock_grant g
        WHERE g.gradesheet_id = NEW.gradesheet_id
            AND (g.column_id IS NULL OR g.column_id = NEW.column_id)
            AND (g.enrollment_id IS NULL OR g.enrollment_id = NEW.enrollment_id)
            AND now() AT TIME ZONE 'UTC' < g.valid_until)) THEN
        RAISE EXCEPTION 'edu marks: cell % belongs to a locked period or a closed window (%) and no grant opens it',
            cell, closed;
    END IF;
    IF before.id IS NOT NULL AND before.kind <> 'absent' AND NOT copied THEN
        IF NEW.first_at IS DISTINCT FROM coalesce(before.first_at, before.entered_at) THEN
            RAISE EXCEPTION 'edu marks: cell % was entered first on another day', cell;
        END IF;
        -- Điều 8.1: what was entered some time ago changes with its evidence only
        IF coalesce(before.first_at, before.entered_at) + make_interval(hours => sheet.hours)
            <= now() AT TIME ZONE 'UTC' AND NOT EXISTS (
                SELECT 1 FROM edu_correction d
                WHERE d.gradesheet_id = NEW.gradesheet_id AND d.enrollment_id = NEW.enrollment_id
                    AND d.column_id = NEW.column_id AND d.attempt = NEW.attempt
                    AND d.state IN ('submitted', 'approved')
                    AND d.evidence_sha256 = member ->> 14) THEN
            RAISE EXCEPTION 'edu marks: cell % is corrected without its evidence', cell;
        END IF;
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
    IF period_state <> 'draft' OR edu_book_close(NEW.gradebook_period_id) IS NOT NULL THEN
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

-- what earlier databases keep their rows by; edu.kept.mixin does
DROP FUNCTION IF EXISTS edu_gradebook_refuse() CASCADE;

CREATE OR REPLACE FUNCTION edu_growth_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stage_state text;
BEGIN
    SELECT edu_period_state(state, unlock_until) INTO stage_state
    FROM edu_gradebook_period WHERE id = NEW.gradebook_period_id;
    IF stage_state <> 'draft' OR edu_book_close(NEW.gradebook_period_id) IS NOT NULL THEN
        RAISE EXCEPTION 'edu growth: weight and height belong to a locked stage';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER edu_mark_check BEFORE INSERT OR UPDATE ON edu_mark
    FOR EACH ROW EXECUTE FUNCTION edu_mark_check();
CREATE OR REPLACE TRIGGER edu_growth_check BEFORE INSERT OR UPDATE ON edu_growth_measure
    FOR EACH ROW EXECUTE FUNCTION edu_growth_check();
CREATE OR REPLACE TRIGGER edu_unlock_grant_check BEFORE INSERT OR UPDATE ON edu_unlock_grant
    FOR EACH ROW EXECUTE FUNCTION edu_unlock_grant_check();
CREATE OR REPLACE TRIGGER edu_result_check BEFORE INSERT OR UPDATE ON edu_period_result
    FOR EACH ROW EXECUTE FUNCTION edu_result_check();
CREATE OR REPLACE TRIGGER edu_conduct_check BEFORE INSERT OR UPDATE ON edu_period_result
    FOR EACH ROW EXECUTE FUNCTION edu_conduct_check();
CREATE OR REPLACE TRIGGER edu_result_check BEFORE INSERT OR UPDATE ON edu_subject_result
    FOR EACH ROW EXECUTE FUNCTION edu_result_check();

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'edu_lock_window_check') THEN
        CREATE CONSTRAINT TRIGGER edu_lock_window_check AFTER INSERT OR UPDATE ON edu_lock_window
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION edu_lock_window_check();
    END IF;
END $$;
