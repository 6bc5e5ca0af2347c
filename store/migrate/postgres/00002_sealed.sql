-- What the database keeps without being able to read it.

-- +goose Up
CREATE TABLE sealed (
  name    TEXT COLLATE "C" PRIMARY KEY,
  value   BYTEA NOT NULL,
  changed BIGINT NOT NULL
);
