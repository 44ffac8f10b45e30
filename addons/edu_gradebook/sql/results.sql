-- Results of the year: what people enter needs a new ledger entry that says exactly this, at its time;
-- nothing changes once the principal approved, nothing is deleted.
CREATE OR REPLACE FUNCTION edu_review_recorded(review integer, seq integer, of_model text, of_slot text,
    old_value text, new_value text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM edu_ledger_entry e JOIN edu_ledger_chain c ON c.id = e.chain_id
        WHERE c.name = 'edu.year.review:' || review AND e.seq = edu_review_recorded.seq
            AND e.model = of_model AND e.record = review::text AND e.slot = of_slot
            AND e.payload::jsonb ->> 11 = coalesce(old_value, '')
            AND e.payload::jsonb ->> 12 = coalesce(new_value, ''))
$$;

CREATE OR REPLACE FUNCTION edu_year_result_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_state text;
    changed text[] := '{}';
    before jsonb;
    after jsonb;
    col text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF coalesce(NEW.absent, NEW.conduct_after, NEW.merit, NEW.proposal, NEW.note, NEW.award, NEW.decision,
            NEW.decision_note) IS NOT NULL THEN
            RAISE EXCEPTION 'edu results: a row of review % begins without entries', NEW.review_id;
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.review_id, NEW.enrollment_id)
        IS DISTINCT FROM (OLD.id, OLD.review_id, OLD.enrollment_id) THEN
        RAISE EXCEPTION 'edu results: result % cannot become another pupil''s', OLD.id;
    END IF;
    IF (NEW.absent, NEW.conduct_after, NEW.merit, NEW.proposal, NEW.note, NEW.award, NEW.decision,
        NEW.decision_note) IS NOT DISTINCT FROM (OLD.absent, OLD.conduct_after, OLD.merit, OLD.proposal,
        OLD.note, OLD.award, OLD.decision, OLD.decision_note) THEN
        RETURN NEW;
    END IF;
    SELECT edu_period_state(state, unlock_until) INTO now_state
    FROM edu_year_review WHERE id = NEW.review_id;
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    FOREACH col IN ARRAY ARRAY['absent', 'conduct_after', 'merit', 'proposal', 'note', 'award', 'decision',
        'decision_note'] LOOP
        IF before ->> col IS DISTINCT FROM after ->> col THEN
            changed := changed || col;
        END IF;
    END LOOP;
    IF now_state <> (CASE WHEN changed[1] IN ('decision', 'decision_note') THEN 'locked'
        ELSE 'draft' END) THEN
        RAISE EXCEPTION 'edu results: % of review % is not entered in this state', changed[1],
            NEW.review_id;
    END IF;
    IF cardinality(changed) > 1 OR NEW.entry_seq IS NULL
        OR NEW.entry_seq <= coalesce(OLD.entry_seq, 0)
        OR NOT edu_review_recorded(NEW.review_id, NEW.entry_seq, 'edu.year.result',
            NEW.enrollment_id || ':' || changed[1], before ->> changed[1], after ->> changed[1])
    THEN
        RAISE EXCEPTION 'edu results: % is changed without a new ledger entry', changed[1];
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_year_subject_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_state text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.retest IS NOT NULL THEN
            RAISE EXCEPTION 'edu results: a row of review % begins without entries', NEW.review_id;
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.review_id, NEW.enrollment_id, NEW.subject_id)
        IS DISTINCT FROM (OLD.id, OLD.review_id, OLD.enrollment_id, OLD.subject_id) THEN
        RAISE EXCEPTION 'edu results: result % cannot become another pupil''s', OLD.id;
    END IF;
    IF NEW.retest IS NOT DISTINCT FROM OLD.retest THEN
        RETURN NEW;
    END IF;
    SELECT edu_period_state(state, unlock_until) INTO now_state
    FROM edu_year_review WHERE id = NEW.review_id;
    IF now_state <> 'draft' OR NEW.entry_seq IS NULL
        OR NEW.entry_seq <= coalesce(OLD.entry_seq, 0)
        OR NOT edu_review_recorded(NEW.review_id, NEW.entry_seq, 'edu.year.subject',
            NEW.enrollment_id || ':' || NEW.subject_id || ':retest', OLD.retest, NEW.retest) THEN
        RAISE EXCEPTION 'edu results: a re-assessment is changed without a new ledger entry';
    END IF;
    RETURN NEW;
END $$;

-- one look for all rows of a statement: a school's are thousands
CREATE OR REPLACE FUNCTION edu_year_open_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed integer;
BEGIN
    SELECT id INTO closed FROM edu_year_review
    WHERE id IN (SELECT review_id FROM fresh) AND state NOT IN ('draft', 'locked') LIMIT 1;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'edu results: the principal approved review %', closed;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER edu_year_result_check BEFORE INSERT OR UPDATE ON edu_year_result
    FOR EACH ROW EXECUTE FUNCTION edu_year_result_check();
CREATE OR REPLACE TRIGGER edu_year_subject_check BEFORE INSERT OR UPDATE ON edu_year_subject
    FOR EACH ROW EXECUTE FUNCTION edu_year_subject_check();

CREATE OR REPLACE TRIGGER edu_year_open_insert AFTER INSERT ON edu_year_result
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION edu_year_open_check();
CREATE OR REPLACE TRIGGER edu_year_open_update AFTER UPDATE ON edu_year_result
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION edu_year_open_check();
CREATE OR REPLACE TRIGGER edu_year_open_insert AFTER INSERT ON edu_year_subject
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION edu_year_open_check();
CREATE OR REPLACE TRIGGER edu_year_open_update AFTER UPDATE ON edu_year_subject
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION edu_year_open_check();

-- room on each page: a row that is computed again stays there and no index changes
ALTER TABLE edu_year_result SET (fillfactor = 50);
ALTER TABLE edu_year_subject SET (fillfactor = 50);
