-- Prepares a database for LearnX: run by a superuser, on that database, before the first `learnx migrate`; again does no
-- harm. Passwords come from the environment; a role whose variable is not set keeps what it has.
--
--     LEARNX_OWNER_PASSWORD=… LEARNX_APP_PASSWORD=… LEARNX_WORKER_PASSWORD=… \
--         psql -X -v ON_ERROR_STOP=1 -f migrations/roles.sql postgresql://superuser@server/learnx
--
-- learnx_owner   owns the tables: LEARNX_DATABASE_ADMIN_URL, for migrations alone
-- learnx_app     the API:         LEARNX_DATABASE_URL
-- learnx_worker  the worker:      LEARNX_DATABASE_WORKER_URL

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB', name)
FROM unnest(ARRAY['learnx_owner', 'learnx_app', 'learnx_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

\getenv owner_password LEARNX_OWNER_PASSWORD
\if :{?owner_password}
ALTER ROLE learnx_owner PASSWORD :'owner_password';
\endif
\getenv app_password LEARNX_APP_PASSWORD
\if :{?app_password}
ALTER ROLE learnx_app PASSWORD :'app_password';
\endif
\getenv worker_password LEARNX_WORKER_PASSWORD
\if :{?worker_password}
ALTER ROLE learnx_worker PASSWORD :'worker_password';
\endif

ALTER DATABASE :"DBNAME" OWNER TO learnx_owner;
CREATE EXTENSION IF NOT EXISTS vector;
