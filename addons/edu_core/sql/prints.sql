-- The log of prints: a row needs its own ledger entry, and nothing of it is changed or removed.

CREATE OR REPLACE FUNCTION edu_print_log_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM edu_ledger_entry
        WHERE chain_id = NEW.chain_id AND seq = NEW.entry_seq AND model = 'edu.print.log'
            AND payload::jsonb ->> 4 = NEW.user_id::text
            AND slot = NEW.kind
            AND record = coalesce(NEW.document_id::text, NEW.form_code)
            AND payload::jsonb ->> 13 = coalesce(NEW.reason_digest, '')
            AND payload::jsonb ->> 14 = NEW.sha256) THEN
        RAISE EXCEPTION 'edu prints: no ledger entry says this';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_print_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edu prints: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER edu_print_log_check BEFORE INSERT ON edu_print_log
    FOR EACH ROW EXECUTE FUNCTION edu_print_log_check();
CREATE OR REPLACE TRIGGER edu_print_log_keep BEFORE UPDATE OR DELETE ON edu_print_log
    FOR EACH ROW EXECUTE FUNCTION edu_print_log_refuse();
CREATE OR REPLACE TRIGGER edu_print_log_truncate BEFORE TRUNCATE ON edu_print_log
    FOR EACH STATEMENT EXECUTE FUNCTION edu_print_log_refuse();
