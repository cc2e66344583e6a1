-- The database on a server of one's own; run once, as a superuser:
--   psql -v owner_password=... -v app_password=... -f deploy/create_database.sql
-- The owner migrates; the app signs in as a role that owns nothing, so that row-level security binds it.
\set ON_ERROR_STOP on
create role fieldcrm_owner login password :'owner_password';
create role fieldcrm_app login password :'app_password';
create database fieldcrm owner fieldcrm_owner encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8' template template0;
\connect fieldcrm
create extension postgis;
create extension btree_gist;
create extension btree_gin;
create extension pg_trgm;
