-- The roles of EPSM and their rights: one that owns the schema and migrates it, one for services, one for the exporter of
-- metrics. None is a superuser. Run in EPSM's database by a superuser, with psql 15 or newer, as often as you like: what is
-- right stays. What is in the schema already is given to the owner; the rights of services come with each migration
-- (shared/db/rights.py). docs/operations.md says when.
\set ON_ERROR_STOP on
\set QUIET on
\getenv owner_password EPSM_POSTGRES_OWNER_PASSWORD
\getenv service_password EPSM_POSTGRES_SERVICE_PASSWORD
\getenv exporter_password EPSM_POSTGRES_EXPORTER_PASSWORD
-- Each change by itself: together they would hold locks on every table while services work.
SET lock_timeout = '10s';

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['epsm_owner', 'epsm_service', 'epsm_exporter']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L', name, password)
FROM (
    VALUES
    ('epsm_owner', :'owner_password'),
    ('epsm_service', :'service_password'),
    ('epsm_exporter', :'exporter_password')
) AS given (name, password) \gexec
GRANT pg_monitor TO epsm_exporter;

ALTER DATABASE :"DBNAME" OWNER TO epsm_owner;
ALTER SCHEMA public OWNER TO epsm_owner;
-- Before version 15, everybody could.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Sequences of columns and parts of extensions go with what they belong to.
SELECT format('ALTER TABLE %s OWNER TO epsm_owner', class.oid::regclass) FROM pg_class AS class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner <> 'epsm_owner'::regrole
AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = class.oid
    AND (deptype = 'e' OR (relkind = 'S' AND deptype IN ('a', 'i')))
) \gexec
SELECT format('ALTER ROUTINE %s OWNER TO epsm_owner', routine.oid::regprocedure) FROM pg_proc AS routine
WHERE pronamespace = 'public'::regnamespace AND proowner <> 'epsm_owner'::regrole
AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype = 'e'
) \gexec
SELECT format('ALTER TYPE %s OWNER TO epsm_owner', type.oid::regtype) FROM pg_type AS type
WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') AND typowner <> 'epsm_owner'::regrole
AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = type.oid AND deptype = 'e'
) \gexec
