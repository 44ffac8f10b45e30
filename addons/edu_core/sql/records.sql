-- The lifecycle of every official record (edu.record.mixin): its state, version and time limit are
-- what its chain recorded last, and its snapshot is one that an entry names.
CREATE OR REPLACE FUNCTION edu_record_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'edu records: % % is never deleted', TG_ARGV[0], OLD.id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.version <> 1 OR NEW.unlock_until IS NOT NULL
            OR NEW.snapshot_id IS NOT NULL THEN
            RAISE EXCEPTION 'edu records: % begins as a draft', TG_ARGV[0];
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'edu records: % % cannot become another record', TG_ARGV[0], OLD.id;
    END IF;
    IF (NEW.state, NEW.version, NEW.unlock_until, NEW.snapshot_id)
        IS NOT DISTINCT FROM (OLD.state, OLD.version, OLD.unlock_until, OLD.snapshot_id) THEN
        RETURN NEW;
    END IF;
    SELECT id INTO chain FROM edu_ledger_chain WHERE name = TG_ARGV[0] || ':' || NEW.id;
    IF NEW.state IS DISTINCT FROM OLD.state
        AND NEW.state IS DISTINCT FROM edu_recorded(chain, TG_ARGV[0], NEW.id, 'state')
        OR NEW.version IS DISTINCT FROM OLD.version
        AND NEW.version::text IS DISTINCT FROM edu_recorded(chain, TG_ARGV[0], NEW.id, 'version')
        OR NEW.unlock_until IS DISTINCT FROM OLD.unlock_until
        AND coalesce(to_char(NEW.unlock_until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
            IS DISTINCT FROM edu_recorded(chain, TG_ARGV[0], NEW.id, 'unlock_until') THEN
        RAISE EXCEPTION 'edu records: the ledger does not record this step of % %',
            TG_ARGV[0], NEW.id;
    END IF;
    IF NEW.snapshot_id IS DISTINCT FROM OLD.snapshot_id AND NEW.snapshot_id IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM edu_ledger_entry e JOIN edu_record_snapshot s ON s.id = NEW.snapshot_id
            WHERE e.chain_id = chain AND e.model = TG_ARGV[0] AND e.record = NEW.id::text
                AND e.slot = 'state' AND e.payload::jsonb ->> 14 = s.sha256
                AND s.res_model = TG_ARGV[0] AND s.res_id = NEW.id) THEN
        RAISE EXCEPTION 'edu records: the ledger does not record this snapshot of % %',
            TG_ARGV[0], NEW.id;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION edu_recorded(chain integer, of_model text, of_record integer, of_slot text)
    RETURNS text LANGUAGE sql STABLE AS $$
    SELECT payload::jsonb ->> 12 FROM edu_ledger_entry
    WHERE chain_id = chain AND model = of_model AND record = of_record::text AND slot = of_slot
    ORDER BY seq DESC LIMIT 1
$$;
