-- Attendance protects itself as marks do: a change needs a new ledger entry that says exactly what is
-- written, and days of a period that is locked stay as they are.

-- What closes a day of a class: a review of its year that was proposed, or the period of its book; both
-- NULL when nothing does. A period without days begins with the year and reaches as far as its lock.
CREATE OR REPLACE FUNCTION edu_attendance_lock(of_class integer, of_day date,
    OUT book_id integer, OUT review_id integer) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT review.id INTO review_id FROM edu_year_review review
    WHERE review.class_id = of_class
        AND edu_period_state(review.state, review.unlock_until) <> 'draft'
    ORDER BY review.id LIMIT 1;
    SELECT book.id INTO book_id FROM edu_gradebook_period book
    JOIN edu_period period ON period.id = book.period_id
    JOIN edu_school_year year ON year.id = period.school_year_id
    JOIN res_company school ON school.id = book.company_id
    WHERE book.class_id = of_class
        AND of_day >= coalesce(period.date_start, year.date_start)
        AND of_day <= coalesce(period.date_end,
            (book.locked_at AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date,
            (now() AT TIME ZONE school.edu_timezone)::date)
        AND (edu_period_state(book.state, book.unlock_until) <> 'draft'
            OR edu_book_close(book.id) IS NOT NULL)
    ORDER BY period.sequence, book.id LIMIT 1;
END $$;

CREATE OR REPLACE FUNCTION edu_attendance_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before edu_attendance;
    line record;
    cell text := NEW.enrollment_id || ':' || NEW.day || ':' || NEW.session;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD;
        IF (NEW.id, NEW.class_id, NEW.enrollment_id, NEW.day, NEW.session, NEW.chain_id, NEW.company_id)
            IS DISTINCT FROM (OLD.id, OLD.class_id, OLD.enrollment_id, OLD.day, OLD.session,
                OLD.chain_id, OLD.company_id) THEN
            RAISE EXCEPTION 'edu attendance: row % cannot become another one', OLD.id;
        END IF;
    ELSE
        SELECT * INTO before FROM edu_attendance
        WHERE enrollment_id = NEW.enrollment_id AND day = NEW.day AND session = NEW.session;
        -- the row exists: the insertion fails, or becomes the update that is checked
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT l.class_id, c.company_id, NOT l.active
            OR coalesce(l.date_end < (now() AT TIME ZONE s.edu_timezone)::date, false) AS frozen,
        NEW.day >= coalesce(l.date_start, y.date_start)
            AND NEW.day <= coalesce(l.date_end, y.date_end)
            AND NEW.day BETWEEN y.date_start AND y.date_end AS there
    INTO line FROM edu_enrollment l JOIN edu_class c ON c.id = l.class_id
    JOIN edu_school_year y ON y.id = c.school_year_id JOIN res_company s ON s.id = c.company_id
    WHERE l.id = NEW.enrollment_id;
    IF (line.class_id, line.company_id) IS DISTINCT FROM (NEW.class_id, NEW.company_id) OR line.frozen
        OR NOT line.there THEN
        RAISE EXCEPTION 'edu attendance: cell % is of a pupil who is not in the class that day', cell;
    END IF;
    IF EXISTS (SELECT 1 FROM edu_attendance_lock(NEW.class_id, NEW.day) AS lock
        WHERE coalesce(lock.book_id, lock.review_id) IS NOT NULL) THEN
        RAISE EXCEPTION 'edu attendance: cell % belongs to a locked period', cell;
    END IF;
    IF NEW.entry_seq IS NULL OR NEW.entry_seq <= coalesce(before.entry_seq, 0) OR NOT EXISTS (
        SELECT 1 FROM edu_ledger_entry e JOIN edu_ledger_chain c ON c.id = e.chain_id
        WHERE e.chain_id = NEW.chain_id AND e.seq = NEW.entry_seq
            AND c.name = 'attendance:' || NEW.class_id || ':' || to_char(NEW.day, 'YYYY-MM')
            AND e.model = 'edu.attendance' AND e.record = NEW.class_id::text AND e.slot = cell
            AND e.payload::jsonb ->> 4 = NEW.author_id::text
            AND e.payload::jsonb ->> 11 = coalesce(before.token, '')
            AND e.payload::jsonb ->> 12 = coalesce(NEW.token, '')) THEN
        RAISE EXCEPTION 'edu attendance: cell % is changed without a new ledger entry', cell;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER edu_attendance_check BEFORE INSERT OR UPDATE ON edu_attendance
    FOR EACH ROW EXECUTE FUNCTION edu_attendance_check();
