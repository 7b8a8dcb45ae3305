-- Roles and schemas. Run once per database by an administrator (superuser, or CREATEROLE with CREATE on the database).
-- Running it again changes nothing. Owners cannot log in; programs log in as the roles below and hold only what the migrations grant.

DO $$
DECLARE
    role_name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('kiosk bootstrap', 0));
    FOREACH role_name IN ARRAY ARRAY[
        'shared_owner', 'registry_owner', 'jukinet_owner', 'midserver_owner', 'atena_owner', 'issuance_owner', 'history_owner'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
            -- Who is no superuser may make schemas for an owner only as its member.
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
            END IF;
        END IF;
    END LOOP;
    FOREACH role_name IN ARRAY ARRAY[
        'migrator', 'front', 'staff', 'sweeper', 'logger', 'sync', 'registry', 'jukinet', 'midserver', 'atena', 'fsck', 'purger', 'publisher', 'backup'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sync, registry', current_database());
END
$$;

GRANT shared_owner, registry_owner, jukinet_owner, midserver_owner, atena_owner, issuance_owner, history_owner TO migrator;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS shared AUTHORIZATION shared_owner;
CREATE SCHEMA IF NOT EXISTS registry AUTHORIZATION registry_owner;
CREATE SCHEMA IF NOT EXISTS jukinet AUTHORIZATION jukinet_owner;
CREATE SCHEMA IF NOT EXISTS midserver AUTHORIZATION midserver_owner;
CREATE SCHEMA IF NOT EXISTS atena AUTHORIZATION atena_owner;
CREATE SCHEMA IF NOT EXISTS issuance AUTHORIZATION issuance_owner;
CREATE SCHEMA IF NOT EXISTS history AUTHORIZATION history_owner;
