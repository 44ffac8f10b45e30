-- One mechanism for every table with recorded columns (edu.chained.mixin): what a row says in them is
-- what its chain recorded last. The addons name table, chain and columns; the check is this one.
-- And one for every table whose rows stay (edu.kept.mixin).

-- The recorded columns of a row that are not empty, each as text, NFC as the ledger writes it.
CREATE OR REPLACE FUNCTION edu_facts(of_row jsonb, names text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(name, normalize(of_row ->> name, NFC)), '{}')
    FROM unnest(names) AS name WHERE of_row ->> name <> ''
$$;

-- Arguments: model; what a chain's name begins with ("" where the key is the chain itself); the key,
-- a column; the columns; the facts of a row that no entry is about yet, "" where every row has one.
CREATE OR REPLACE FUNCTION edu_chained_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text[] := TG_ARGV[3]::text[];
    present jsonb := to_jsonb(NEW);
    chain integer;
    recorded jsonb := nullif(TG_ARGV[4], '')::jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'edu records: % % cannot become another record', TG_ARGV[0], OLD.id;
    END IF;
    IF TG_ARGV[1] = '' THEN
        chain := (present ->> TG_ARGV[2])::integer;
    ELSE
        SELECT id INTO chain FROM edu_ledger_chain WHERE name = TG_ARGV[1] || (present ->> TG_ARGV[2]);
    END IF;
    IF chain IS NOT NULL THEN
        SELECT payload::jsonb ->> 12 INTO recorded FROM (
            SELECT payload FROM edu_ledger_entry
            WHERE chain_id = chain AND model = TG_ARGV[0] AND record = NEW.id::text
                AND slot = 'facts'
            ORDER BY seq DESC LIMIT 1) AS last;
        recorded := coalesce(recorded, nullif(TG_ARGV[4], '')::jsonb);
    END IF;
    IF edu_facts(present, names) = recorded THEN
        RETURN NULL;
    END IF;
    -- the check comes when the transaction ends: the row may have changed again since
    EXECUTE format('SELECT to_jsonb(t) FROM %I.%I t WHERE id = $1', TG_TABLE_SCHEMA, TG_TABLE_NAME)
        INTO present USING NEW.id;
    IF edu_facts(present, names) IS DISTINCT FROM recorded THEN
        RAISE EXCEPTION 'edu records: the ledger does not record what % % says', TG_ARGV[0], NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION edu_kept_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edu records: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;
