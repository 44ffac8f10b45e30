-- The log of accesses: a row needs its own ledger entry, and nothing of it is changed or removed.

CREATE OR REPLACE FUNCTION edu_access_log_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM edu_ledger_entry
        WHERE chain_id = NEW.chain_id AND seq = NEW.entry_seq AND model = 'edu.access.log'
            AND payload::jsonb ->> 4 = NEW.user_id::text
            AND record = NEW.res_model
            AND slot = NEW.kind
            AND payload::jsonb ->> 11 = NEW.res_ids
            AND payload::jsonb ->> 12 = NEW.field_names) THEN
        RAISE EXCEPTION 'edu access: no ledger entry says this';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_access_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edu access: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER edu_access_log_check BEFORE INSERT ON edu_access_log
    FOR EACH ROW EXECUTE FUNCTION edu_access_log_check();
CREATE OR REPLACE TRIGGER edu_access_log_keep BEFORE UPDATE OR DELETE ON edu_access_log
    FOR EACH ROW EXECUTE FUNCTION edu_access_log_refuse();
CREATE OR REPLACE TRIGGER edu_access_log_truncate BEFORE TRUNCATE ON edu_access_log
    FOR EACH STATEMENT EXECUTE FUNCTION edu_access_log_refuse();
