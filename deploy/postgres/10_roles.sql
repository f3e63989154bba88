-- First start: a database and a role for each service. A role cannot even connect to another's database.
\set ON_ERROR_STOP on
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
CREATE ROLE intake LOGIN;
CREATE ROLE assign LOGIN;
CREATE ROLE notify LOGIN;
\ir passwords.psql
CREATE DATABASE intake OWNER intake;
CREATE DATABASE assign OWNER assign;
CREATE DATABASE notify OWNER notify;
REVOKE ALL ON DATABASE intake, assign, notify FROM PUBLIC;
