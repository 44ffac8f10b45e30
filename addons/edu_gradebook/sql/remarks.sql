-- Remarks: the period that covers a week, and the text, which is the one filed under its digest.

-- The period of the class's book in which a week begins: the first that is not over by then. A period
-- without a last day ends with the first half of the weeks, as the school counts them; the last one
-- never.
CREATE OR REPLACE FUNCTION edu_week_book(of_class integer, of_week integer) RETURNS integer
    LANGUAGE sql STABLE AS $$
    WITH books AS (
        SELECT book.id, book.period_sequence, coalesce(
                period.date_end,
                CASE WHEN book.period_sequence < max(book.period_sequence) OVER ()
                    THEN (SELECT max(date_start) + 6 FROM edu_school_week half
                        WHERE half.school_year_id = period.school_year_id
                            AND half.number BETWEEN 1 AND school.edu_first_half_weeks) END,
                'infinity') AS last_day,
            max(book.period_sequence) OVER () AS last_sequence
        FROM edu_gradebook_period book
        JOIN edu_period period ON period.id = book.period_id
        JOIN res_company school ON school.id = book.company_id
        WHERE book.class_id = of_class)
    SELECT books.id FROM books, edu_school_week week
    WHERE week.id = of_week
        AND (books.last_day >= week.date_start OR books.period_sequence = books.last_sequence)
    ORDER BY books.period_sequence, books.id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION edu_remark_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book integer;
    book_state varchar;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text IS NULL AND NEW.text_digest = OLD.text_digest
        AND NEW.version = OLD.version AND NOT EXISTS (
            SELECT 1 FROM edu_ledger_reason WHERE digest = NEW.text_digest AND text IS NOT NULL)
    THEN
        RETURN NEW; -- erased, as the law on personal data asked for
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.text, NEW.text_digest, NEW.version)
        IS NOT DISTINCT FROM (OLD.text, OLD.text_digest, OLD.version) THEN
        RETURN NEW;
    END IF;
    IF (NEW.text IS NULL) <> (NEW.text_digest IS NULL) OR NEW.text IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM edu_ledger_reason WHERE digest = NEW.text_digest AND text = NEW.text)
    THEN
        RAISE EXCEPTION 'edu remarks: remark % is not the text that was filed', NEW.id;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'edu remarks: remark % changes without a new version', NEW.id;
    END IF;
    book := edu_week_book(NEW.class_id, NEW.week_id);
    SELECT edu_period_state(state, unlock_until) INTO book_state
    FROM edu_gradebook_period WHERE id = book;
    IF book_state <> 'draft' OR edu_book_close(book) IS NOT NULL THEN
        RAISE EXCEPTION 'edu remarks: week % of class % belongs to a locked period',
            NEW.week_id, NEW.class_id;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER edu_remark_check BEFORE INSERT OR UPDATE ON edu_remark
    FOR EACH ROW EXECUTE FUNCTION edu_remark_check();
