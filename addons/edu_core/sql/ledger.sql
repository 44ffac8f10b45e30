-- The ledger protects itself: nothing is changed or deleted, every entry is hashed again here and
-- has to continue its chain, and a chain's head has to be its last entry.

CREATE OR REPLACE FUNCTION edu_ledger_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    member jsonb := NEW.payload::jsonb;
    chain_name text;
BEGIN
    IF NEW.hash IS DISTINCT FROM encode(
        sha256(decode(NEW.prev, 'hex') || convert_to(NEW.payload, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'edu ledger: the hash of entry % does not fit its payload', NEW.seq;
    END IF;
    SELECT name INTO chain_name FROM edu_ledger_chain WHERE id = NEW.chain_id;
    IF member ->> 1 IS DISTINCT FROM chain_name
        OR member ->> 2 IS DISTINCT FROM NEW.seq::text
        OR member ->> 8 IS DISTINCT FROM NEW.model
        OR member ->> 9 IS DISTINCT FROM NEW.record
        OR member ->> 10 IS DISTINCT FROM NEW.slot THEN
        RAISE EXCEPTION 'edu ledger: the columns of entry % differ from its payload', NEW.seq;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_ledger_entry_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added
        LEFT JOIN edu_ledger_entry before
            ON before.chain_id = added.chain_id AND before.seq = added.seq - 1
        WHERE added.seq < 1
            OR (added.seq = 1 AND added.prev <> repeat('0', 64))
            OR (added.seq > 1 AND added.prev IS DISTINCT FROM before.hash)
    ) THEN
        RAISE EXCEPTION 'edu ledger: an entry does not continue its chain';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION edu_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edu ledger: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE OR REPLACE FUNCTION edu_ledger_chain_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.head_seq <> 0 OR NEW.head_hash <> repeat('0', 64) THEN
            RAISE EXCEPTION 'edu ledger: chain % does not start empty', NEW.name;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind
        OR NEW.company_id <> OLD.company_id OR NEW.head_seq < OLD.head_seq THEN
        RAISE EXCEPTION 'edu ledger: chain % cannot be renamed, moved or shortened', OLD.name;
    END IF;
    IF (NEW.head_seq, NEW.head_hash) IS DISTINCT FROM (OLD.head_seq, OLD.head_hash)
        AND NOT EXISTS (
            SELECT 1 FROM edu_ledger_entry
            WHERE chain_id = NEW.id AND seq = NEW.head_seq AND hash = NEW.head_hash) THEN
        RAISE EXCEPTION 'edu ledger: the head of chain % is not an entry of it', OLD.name;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER edu_ledger_entry_check BEFORE INSERT ON edu_ledger_entry
    FOR EACH ROW EXECUTE FUNCTION edu_ledger_entry_check();
CREATE OR REPLACE TRIGGER edu_ledger_entry_link AFTER INSERT ON edu_ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION edu_ledger_entry_link();
CREATE OR REPLACE TRIGGER edu_ledger_entry_keep BEFORE UPDATE OR DELETE ON edu_ledger_entry
    FOR EACH ROW EXECUTE FUNCTION edu_ledger_refuse();
CREATE OR REPLACE TRIGGER edu_ledger_entry_truncate BEFORE TRUNCATE ON edu_ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION edu_ledger_refuse();
CREATE OR REPLACE TRIGGER edu_ledger_chain_check BEFORE INSERT OR UPDATE ON edu_ledger_chain
    FOR EACH ROW EXECUTE FUNCTION edu_ledger_chain_check();
CREATE OR REPLACE TRIGGER edu_ledger_chain_keep BEFORE DELETE ON edu_ledger_chain
    FOR EACH ROW EXECUTE FUNCTION edu_ledger_refuse();
CREATE OR REPLACE TRIGGER edu_ledger_chain_truncate BEFORE TRUNCATE ON edu_ledger_chain
    FOR EACH STATEMENT EXECUTE FUNCTION edu_ledger_refuse();
